"""One supervised child: started, watched, started again, replaced, stopped."""

import asyncio
from collections.abc import Callable
from typing import Final

from deltastream.log_library import structlog
from deltastream.runtime import exit_codes
from deltastream.supervisor.process import ChildProcess, Command

_log = structlog.get_logger()
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_HEALTHY_SECONDS: Final = 10.0
_HOPELESS: Final = {exit_codes.USAGE, exit_codes.UNUSABLE}


class ChildFailedError(Exception):
    """A child cannot run, and trying again would not help.

    Attributes:
        status: its exit status.
    """

    def __init__(self, name: str, status: int, last_words: str) -> None:
        super().__init__(last_words or f"{name} ended with status {status}")
        self.status = status


class ReplacementFailedError(Exception):
    """A successor did not become ready; what it was to replace goes on."""

    def __init__(self, name: str, last_words: str) -> None:
        super().__init__(f"the successor of {name} did not become ready\n{last_words}".rstrip())


class Child:
    """Keeps one process running until told to stop it.

    One that dies is started again, after a pause that doubles while it keeps dying. One that says
    it cannot run (exit status 2 or 3) is not.
    """

    def __init__(
        self,
        command: Command,
        *,
        on_line: Callable[[str, str], None],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a child that `run` runs.

        Args:
            command: how it is started.
            on_line: takes its name and each line of output.
            on_change: called when it runs as another process.
        """
        self.command = command
        self.restarts = 0
        self._on_line = on_line
        self._on_change = on_change
        self._current: ChildProcess | None = None
        self._replacing = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._group = asyncio.TaskGroup()

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        return self._current.pid if self._current else None

    async def run(self) -> None:
        """Run until `stop`.

        Raises:
            ChildFailedError: it cannot run.
        """
        pause = _FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        async with self._group:
            while not self._stopping.is_set():
                begun = clock()
                status = await self._run_until_dead()
                if self._stopping.is_set():
                    return
                self.restarts += 1
                pause = _FIRST_PAUSE if clock() - begun > _HEALTHY_SECONDS else pause
                _log.warning(
                    "role_died", role=self.command.name, status=status, restart_in_seconds=pause
                )
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def replace(self, *, seconds: float) -> None:
        """Start a successor, and stop the process when that is ready: somebody always serves.

        Args:
            seconds: how long the successor may take.

        Raises:
            ReplacementFailedError: it took longer, or ended.
        """
        async with self._replacing:
            successor = await self._start()
            predecessor = self._current
            try:
                async with asyncio.timeout(seconds):
                    await successor.ready()
                if successor.pid is not None:
                    self._current = successor
                    self._on_change()
            except TimeoutError:
                _log.warning("successor_not_ready", role=self.command.name, after=seconds)
            finally:
                superfluous = predecessor if self._current is successor else successor
                if superfluous is not None:
                    await asyncio.shield(superfluous.stop())
            if self._current is not successor:
                raise ReplacementFailedError(self.command.name, successor.last_words)

    async def stop(self) -> None:
        """Ask it to end, insist when it does not, and return when it has."""
        self._stopping.set()
        async with self._replacing:
            if self._current is not None:
                await self._current.stop()

    async def _run_until_dead(self) -> int:
        """Start a process, and return the exit status of the last of its successors."""
        process = None
        current = await self._present()
        while process is not current:
            process = current
            status = await process.ended()
            # It may have ended because a successor took over, or is about to.
            async with self._replacing:
                current = self._current or process
        if status in _HOPELESS and not self._stopping.is_set():
            raise ChildFailedError(self.command.name, status, process.last_words)
        return status

    async def _present(self) -> ChildProcess:
        """Return the process that runs: a successor that came meanwhile, or one started now."""
        async with self._replacing:
            if self._current is None or self._current.pid is None:
                self._current = await self._start()
                self._on_change()
                if self.restarts:
                    # As loud as the death that came before it.
                    _log.warning("role_restarted", role=self.command.name, pid=self._current.pid)
            return self._current

    async def _start(self) -> ChildProcess:
        process = await ChildProcess.start(self.command, on_line=self._on_line)
        self._group.create_task(process.follow())
        return process
