"""One supervised process: started, watched, started again, stopped."""

import asyncio
import contextlib
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from deltastream.runtime import exit_codes
from deltastream.supervisor.orphans import die_with_parent

_log = structlog.get_logger()
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_HEALTHY_SECONDS: Final = 10.0
_LAST_WORDS: Final = 20
_HOPELESS: Final = {exit_codes.USAGE, exit_codes.UNUSABLE}


class ChildFailedError(Exception):
    """A child cannot run, and trying again would not help.

    Attributes:
        status: its exit status.
    """

    def __init__(self, name: str, status: int, last_words: str) -> None:
        super().__init__(last_words or f"{name} ended with status {status}")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a child is started.

    Attributes:
        name: what it is called in messages and file names.
        environment: all of its environment variables.
        stop_seconds: how long it may take to end after SIGTERM.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    stop_seconds: float


class Child:
    """Keeps one process running until told to stop it.

    One that dies is started again, after a pause that doubles while it keeps dying. One that says
    it cannot run (exit status 2 or 3) is not.
    """

    def __init__(self, command: Command, *, on_line: Callable[[str, str], None]) -> None:
        self.command = command
        self.restarts = 0
        self._on_line = on_line
        self._process: Process | None = None
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def run(self) -> None:
        """Run until `stop`.

        Raises:
            ChildFailedError: it cannot run.
        """
        pause = _FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            begun = clock()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            if status in _HOPELESS:
                raise ChildFailedError(self.command.name, status, "\n".join(self._last_words))
            self.restarts += 1
            pause = _FIRST_PAUSE if clock() - begun > _HEALTHY_SECONDS else pause
            _log.warning(
                "role_died", role=self.command.name, status=status, restart_in_seconds=pause
            )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def stop(self) -> None:
        """Ask it to end, insist when it does not, and return when it has."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self.command.stop_seconds):
                await process.wait()
        except TimeoutError:
            _log.warning("role_killed", role=self.command.name, after=self.command.stop_seconds)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _run_once(self) -> int:
        self._last_words.clear()
        self._process = await asyncio.create_subprocess_exec(
            *self.command.arguments,
            env=dict(self.command.environment),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            # A Ctrl-C goes to the supervisor alone, which then ends its children in order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        if self.restarts:
            # As loud as the death that came before it.
            _log.warning("role_restarted", role=self.command.name, pid=self._process.pid)
        await self._follow_output(self._process)
        return await self._process.wait()

    async def _follow_output(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for above
        while line := await _read_line(process.stdout):
            text = line.decode(errors="replace").rstrip()
            self._last_words.append(text)
            self._on_line(self.command.name, text)


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """Read a line, or as much of an endless one as the buffer holds."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await stream.readexactly(overrun.consumed)
