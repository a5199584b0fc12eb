"""`deltastream log`, as a person and as a program use it."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fixtures.running_mesh import command, environment
from tests.logs.entries import TRACE
from tests.logs.served import Served, serving_logs

from deltastream.log_reading.lines import text_of
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.clock import utc_now

SECONDS = 50.0


@asynccontextmanager
async def started(folder: Path, *arguments: str) -> AsyncIterator[Process]:
    """Start the command; it is ended with the block."""
    process = await asyncio.create_subprocess_exec(
        *command("log", *arguments), cwd=folder, env=environment(), stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def log(folder: Path, *arguments: str) -> tuple[int | None, list[Any], str]:
    """Run the command; return its status, the lines of JSON, and what it says besides."""
    async with started(folder, *arguments) as process, asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    assert b"Traceback" not in err
    return process.returncode, [json.loads(line) for line in out.splitlines()], err.decode()


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Serve a log that keeps the time of the machine, as the command does."""
    data_dir = tmp_path / ".deltastream" / "synthetic"
    data_dir.mkdir(parents=True)
    async with serving_logs("memory:", clock=utc_now) as running:
        address = {"logs": running.address}
        (data_dir / "mesh.json").write_text(json.dumps({"grpc": address}))
        yield running


async def test_it_shows_what_is_wanted_the_oldest_first(served: Served, tmp_path: Path) -> None:
    await served.write("old", service="feed", timestamp=Timestamp(seconds=1))
    for number in range(4):
        await served.write(str(number), service="feed", level="error" if number % 2 else "info")
    await served.write("elsewhere", service="edge", level="error", trace_id=TRACE)
    await served.write("too little", service="edge", trace_id=TRACE)
    status, lines, said = await log(tmp_path, "feed", "--since", "1h", "--limit", "3")
    assert (status, [line["event"] for line in lines], said) == (0, ["1", "2", "3"], "")
    assert lines[0]["level"] == "LOG_LEVEL_ERROR"
    _, lines, _ = await log(tmp_path, "--level", "warning", "--trace", TRACE, "--format", "json")
    assert [line["event"] for line in lines] == ["elsewhere"]


async def test_following_goes_on_with_what_comes(served: Served, tmp_path: Path) -> None:
    await served.write("there already", service="feed")
    arguments = ("feed", "--follow", "--contains", "re")
    async with started(tmp_path, *arguments) as process, asyncio.timeout(SECONDS):
        assert process.stdout is not None
        assert json.loads(await process.stdout.readline())["event"] == "there already"
        await served.write("not wanted", service="edge")
        await served.write("nothing of it", service="feed")
        await served.write("more", service="feed")
        assert json.loads(await process.stdout.readline())["event"] == "more"


async def test_a_service_that_is_none_and_a_mesh_that_is_not_there_are_said(
    served: Served, tmp_path: Path
) -> None:
    status, lines, said = await log(tmp_path, "../../etc/passwd")
    assert (status, lines) == (2, [])
    assert "service" in said
    status, _, said = await log(tmp_path, "--address", "127.0.0.1:1")
    assert status == 1
    assert "logs does not answer at 127.0.0.1:1" in said


def test_people_read_a_line_and_what_is_long_below_it() -> None:
    record = pb.LogRecord(
        service="storage",
        level=pb.LOG_LEVEL_ERROR,
        event="failed \x1b[2J",
        fields={"up": "false", "exception": "Traceback\n  File \x07", "a b": "c\td"},
    )
    record.timestamp.FromJsonString("2026-01-27T12:00:00.123456Z")
    head, *below = text_of(record).splitlines()
    assert head.startswith("2026-01-27 12:00:00.123 ")
    assert head.endswith("a b=c\\td up=false")
    assert "\x1b[2J" not in head
    assert "failed \\x1b[2J" in head
    assert below == ["    exception:", "    Traceback", "      File \\x07"]
