"""A mesh is backed up while it writes, and restored elsewhere."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from tests.backup.conftest import auth_of, run
from tests.store.acknowledging_writer import SIZE
from tests.store.test_killed_writer import ALL, WRITER

from deltastream.adapters.store.choose import open_store
from deltastream.auth.v1 import auth_service_pb2 as pb

BEFORE = 30
DURING = 10
SECONDS = 50


@asynccontextmanager
async def writing(data_dir: Path) -> AsyncIterator[Process]:
    """Let another process write to the market database as fast as it can."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WRITER),
        f"sqlite:{data_dir / 'market.db'}",
        "1",
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def acknowledged(process: Process, number: int) -> list[int]:
    """Wait until so many more batches are acknowledged, and return which."""
    assert process.stdout is not None
    return [int(await process.stdout.readline()) for _ in range(number)]


async def test_what_was_acknowledged_before_a_backup_began_is_restored_from_it(
    tmp_path: Path,
) -> None:
    data_dir, folder, elsewhere = tmp_path / "data", tmp_path / "backup", tmp_path / "elsewhere"
    registered: list[pb.RegisterResponse] = []
    somebody = asyncio.Event()

    async def register(numbers: "count[int]") -> None:
        async with auth_of(data_dir) as auth:
            for number in numbers:
                registered.append(await auth.register(f"{number}@example.com"))
                somebody.set()

    async with asyncio.timeout(SECONDS), writing(data_dir) as writer:
        registering = asyncio.create_task(register(count()))
        batches = await acknowledged(writer, BEFORE)
        await somebody.wait()
        users = list(registered)
        made = await asyncio.to_thread(run, "backup", folder, data_dir=data_dir)
        assert made.exit_code == 0, made.output
        # The copy did not stop who writes.
        await acknowledged(writer, DURING)
        registering.cancel()
        await asyncio.wait([registering])
    restored = run("restore", folder, data_dir=elsewhere)
    assert restored.exit_code == 0, restored.output

    store = await open_store(f"sqlite:{elsewhere / 'market.db'}")
    ticks = [each.sequence for each in await store.ticks("NIFTY", ALL)]
    chains = await store.chains("NIFTY", None, ALL, with_legs=True)
    await store.close()
    assert {batch * SIZE + offset for batch in batches for offset in range(SIZE)} <= set(ticks)
    assert {batch + 1 for batch in batches} <= {each.chain.sequence for each in chains}
    assert len(ticks) % SIZE == 0, "a batch is in a backup whole or not at all"
    async with auth_of(elsewhere) as auth:
        for user in users:
            assert (await auth.verify(user.token)).user.email == user.user.email
            assert (await auth.log_in(user.user.email)).user.id == user.user.id
            assert (await auth.refresh(user.refresh_token)).token
