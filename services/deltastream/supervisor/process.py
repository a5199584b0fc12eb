"""One process of a child: from its start to its end."""

import asyncio
import contextlib
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from deltastream.log_library import structlog
from deltastream.supervisor.notification import Notification
from deltastream.supervisor.orphans import die_with_parent

_log = structlog.get_logger()
_LAST_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a child is started.

    Attributes:
        name: what it is called in messages and file names.
        environment: all of its environment variables.
        stop_seconds: how long it may take to end after SIGTERM.
        sockets: descriptors of listening sockets that it inherits.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    stop_seconds: float
    sockets: tuple[int, ...] = ()


class ChildProcess:
    """A running process whose output is read until it ends."""

    def __init__(
        self,
        command: Command,
        process: Process,
        notification: Notification,
        on_line: Callable[[str, str], None],
    ) -> None:
        self._command = command
        self._process = process
        self._notification = notification
        self._on_line = on_line
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._is_ready = asyncio.Event()
        self._followed = asyncio.Event()

    @classmethod
    async def start(cls, command: Command, *, on_line: Callable[[str, str], None]) -> Self:
        """Start a process; `follow` must run beside it.

        Args:
            command: what to start.
            on_line: takes the command's name and each line of output.
        """
        notification = Notification()
        try:
            process = await asyncio.create_subprocess_exec(
                *command.arguments,
                env={**command.environment, **notification.environment},
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                # A Ctrl-C goes to the supervisor alone, which then ends its children in order.
                start_new_session=True,
                preexec_fn=die_with_parent,
                pass_fds=command.sockets,
            )
        except BaseException:
            notification.close()
            raise
        return cls(command, process, notification, on_line)

    @property
    def pid(self) -> int | None:
        """Its process id; None when it has ended."""
        return self._process.pid if self._process.returncode is None else None

    @property
    def last_words(self) -> str:
        """The last lines it printed."""
        return "\n".join(self._last_words)

    async def follow(self) -> None:
        """Read its output to its end."""
        assert self._process.stdout is not None  # noqa: S101 - it was asked for above
        listening = asyncio.create_task(self._listen())
        try:
            while line := await _read_line(self._process.stdout):
                text = line.decode(errors="replace").rstrip()
                self._last_words.append(text)
                self._on_line(self._command.name, text)
        finally:
            listening.cancel()
            await asyncio.wait([listening])
            self._notification.close()
            self._followed.set()

    async def _listen(self) -> None:
        """Hear that it is ready, which it says once: nothing is left to outlive a kill."""
        await self._notification.wait()
        self._notification.close()
        self._is_ready.set()

    async def ended(self) -> int:
        """Return its exit status when it has ended and all its output is read."""
        await self._followed.wait()
        return await self._process.wait()

    async def ready(self) -> None:
        """Return when it has said that it is ready, or has ended."""
        said = asyncio.create_task(self._is_ready.wait())
        ended = asyncio.create_task(self._process.wait())
        try:
            await asyncio.wait((said, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            said.cancel()
            ended.cancel()

    async def stop(self) -> None:
        """Ask it to end, insist when it does not, and return when it has."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._command.stop_seconds):
                await self._process.wait()
        except TimeoutError:
            _log.warning("role_killed", role=self._command.name, after=self._command.stop_seconds)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """Read a line, or as much of an endless one as the buffer holds."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await stream.readexactly(overrun.consumed)
