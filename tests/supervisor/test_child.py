"""A child is kept running, replaced by a successor that is ready, and stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from tests.fixtures.eventually import eventually

from deltastream.runtime import exit_codes
from deltastream.supervisor.child import Child, ChildFailedError, ReplacementFailedError
from deltastream.supervisor.process import Command

SECONDS = 20.0
SERVE = """
import os, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
out.sendto(b"STATUS=soon\\nREADY=1", os.environ["NOTIFY_SOCKET"])
print("ready", flush=True)
while True:
    signal.pause()
"""
NEVER_READY = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("waiting", flush=True)
while True:
    signal.pause()
"""


class Lines:
    """What a child has printed."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def take(self, name: str, text: str) -> None:
        assert name == "child"
        self.all.append(text)

    async def until(self, *expected: str) -> None:
        async def printed() -> list[str]:
            return list(self.all)

        await eventually(printed, lambda lines: lines == list(expected), seconds=SECONDS)


def child_of(script: Path, lines: Lines, changes: list[int | None] | None = None) -> Child:
    def note() -> None:
        if changes is not None:
            changes.append(child.pid)

    child = Child(
        Command(
            name="child",
            arguments=(sys.executable, str(script)),
            environment=os.environ,
            stop_seconds=SECONDS,
        ),
        on_line=lines.take,
        on_change=note,
    )
    return child


@asynccontextmanager
async def running(child: Child) -> AsyncIterator[Child]:
    async with asyncio.TaskGroup() as group:
        group.create_task(child.run())
        try:
            yield child
        finally:
            await child.stop()


def processes_of(script: Path) -> list[int]:
    """Return the children of ours that run a script."""
    children = psutil.Process().children()
    return [child.pid for child in children if str(script) in child.cmdline()]


def become(script: Path, text: str) -> None:
    """Change what the next process runs."""
    script.write_text(text)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SERVE)
    return path


async def test_a_successor_serves_before_its_predecessor_is_asked_to_end(script: Path) -> None:
    lines = Lines()
    changes: list[int | None] = []
    async with running(child_of(script, lines, changes)) as child:
        await lines.until("ready")
        first = child.pid

        await child.replace(seconds=SECONDS)

        assert child.pid not in {None, first}
        assert not psutil.pid_exists(first or 0)
        await lines.until("ready", "ready")
        assert changes == [first, child.pid]
        assert child.restarts == 0


async def test_a_successor_that_does_not_become_ready_changes_nothing(script: Path) -> None:
    lines = Lines()
    async with running(child_of(script, lines)) as child:
        await lines.until("ready")
        first = child.pid
        become(script, NEVER_READY)

        with pytest.raises(ReplacementFailedError, match="the successor of child"):
            await child.replace(seconds=0.5)

        assert child.pid == first
        assert processes_of(script) == [first]


async def test_what_a_child_says_it_is_ready_by_is_gone_as_soon_as_it_has_said_so(
    script: Path,
) -> None:
    lines = Lines()
    async with running(child_of(script, lines)) as child:
        await lines.until("ready")
        socket = Path(psutil.Process(child.pid).environ()["NOTIFY_SOCKET"])

        async def is_there() -> bool:
            return socket.parent.exists()

        assert not await eventually(is_there, lambda there: not there, seconds=SECONDS)


async def test_a_successor_that_ends_is_quoted(script: Path) -> None:
    lines = Lines()
    async with running(child_of(script, lines)) as child:
        await lines.until("ready")
        first = child.pid
        become(script, "raise SystemExit('no such setting')")

        with pytest.raises(ReplacementFailedError, match="no such setting"):
            await child.replace(seconds=SECONDS)

        assert child.pid == first


async def test_a_successor_is_kept_running_like_its_predecessor(script: Path) -> None:
    lines = Lines()
    async with running(child_of(script, lines)) as child:
        await lines.until("ready")
        await child.replace(seconds=SECONDS)
        successor = child.pid
        assert successor is not None

        os.kill(successor, signal.SIGKILL)

        await lines.until("ready", "ready", "ready")
        assert child.pid not in {None, successor}
        assert child.restarts == 1


async def test_a_cancelled_replacement_leaves_one_process(script: Path) -> None:
    lines = Lines()
    async with running(child_of(script, lines)) as child:
        await lines.until("ready")
        first = child.pid
        become(script, NEVER_READY)
        replacing = asyncio.create_task(child.replace(seconds=SECONDS))
        await lines.until("ready", "waiting")

        replacing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await replacing

        assert child.pid == first
        assert processes_of(script) == [first]


async def test_a_child_that_says_it_cannot_run_is_not_started_again(tmp_path: Path) -> None:
    script = tmp_path / "hopeless.py"
    script.write_text(f"print('port taken'); raise SystemExit({exit_codes.UNUSABLE})")
    child = child_of(script, Lines())

    with pytest.raises(ExceptionGroup) as caught:
        await child.run()

    (error,) = caught.value.exceptions
    assert isinstance(error, ChildFailedError)
    assert (str(error), error.status) == ("port taken", exit_codes.UNUSABLE)
