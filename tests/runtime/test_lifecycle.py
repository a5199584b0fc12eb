"""A role as a process: how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.fixtures.running_mesh import ROOT, environment
from tests.fixtures.running_mesh import command as command_of

SECONDS = 50.0
COUNTING_ROLE = """
import gc, sys
from tests.fixtures.grpc_loopback import LoopbackSettings
from deltastream.runtime.lifecycle import run_role

async def work(settings, shutdown):
    gc.collect()
    sys.stderr.write(f"{gc.get_freeze_count()} {len(gc.get_objects())}")

sys.exit(run_role(LoopbackSettings, work))
"""


@asynccontextmanager
async def auth_role(
    folder: Path, stdout: int, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the auth role, which needs nothing else; kill it if the test does not end it."""
    process = await asyncio.create_subprocess_exec(
        *command_of("auth"),
        env=environment(
            DELTASTREAM_AUTH_LISTEN="127.0.0.1:0",
            DELTASTREAM_DATA_DIR=str(folder),
            DELTASTREAM_LOG_FORMAT="json",
            **more,
        ),
        stdout=stdout,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until_listening(stream: asyncio.StreamReader) -> None:
    async with asyncio.timeout(SECONDS):
        while b"grpc_listening" not in await stream.readline():
            pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_status_0(tmp_path: Path, number: signal.Signals) -> None:
    async with auth_role(tmp_path, asyncio.subprocess.PIPE) as role:
        assert role.stdout is not None
        await until_listening(role.stdout)
        role.send_signal(number)
        async with asyncio.timeout(SECONDS):
            rest = await role.stdout.read()
            assert await role.wait() == 0
    assert b"role_stopped" in rest


async def test_it_ends_although_nobody_reads_its_log_any_more(tmp_path: Path) -> None:
    readable, writable = os.pipe()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(readable, "rb")
    )
    async with auth_role(tmp_path, writable) as role:
        os.close(writable)
        await until_listening(reader)
        pipe.close()
        role.terminate()
        async with asyncio.timeout(SECONDS):
            assert await role.wait() == 0


async def test_settings_that_cannot_be_used_end_it_with_status_2(tmp_path: Path) -> None:
    async with auth_role(
        tmp_path, asyncio.subprocess.DEVNULL, DELTASTREAM_BCRYPT_COST="99"
    ) as role:
        async with asyncio.timeout(SECONDS):
            assert await role.wait() == 2


async def test_what_it_imported_is_not_searched_for_garbage_again() -> None:
    role = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        COUNTING_ROLE,
        env=environment(),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        _, said = await role.communicate()
    spared, searched = map(int, said.split())
    assert spared > 10 * searched
