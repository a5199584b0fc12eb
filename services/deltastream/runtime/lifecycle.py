"""A role's life as a process: settings, logs, work, and an end in two stages."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from deltastream.log_library import Processor, structlog
from deltastream.runtime import exit_codes
from deltastream.runtime.event_loop import RoleEventLoop
from deltastream.runtime.listening import ListenError
from deltastream.runtime.logs import configure_logs
from deltastream.runtime.settings import RoleSettings, SettingsError

_log = structlog.get_logger()

SettingsT = TypeVar("SettingsT", bound=RoleSettings)


class UsageError(Exception):
    """The role was told to do what it cannot; the text says what to change. Exit 2."""


class Shutdown:
    """The wish to end, from a signal.

    The first SIGINT or SIGTERM asks: the role drains and ends by itself. The second insists: the
    process ends at once.
    """

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    async def wait(self) -> None:
        """Return when the process has been asked to end."""
        await self._asked.wait()

    def listen(self) -> None:
        """Take over SIGINT and SIGTERM of the running loop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        if self._asked.is_set():
            _log.warning("shutdown_forced", signal=number.name)
            os._exit(128 + number)
        self._asked.set()
        _log.info("shutdown_requested", signal=number.name)


def run_role(
    settings_type: type[SettingsT], work: Callable[[SettingsT, Shutdown], Awaitable[None]]
) -> int:
    """Run a role until it is asked to end, and return the process's exit status."""
    try:
        settings = settings_type.load()
    except SettingsError as error:
        sys.stderr.write(f"deltastream {settings_type.role}: {error}\n")
        return exit_codes.USAGE
    configure_logs(
        role=settings.role,
        level=settings.log_level,
        log_format=settings.log_format,
        copied_to=_outbox(settings),
    )
    try:
        with _tracing(settings):
            _keep_what_was_imported()
            with asyncio.Runner(loop_factory=RoleEventLoop) as runner:
                runner.run(_run(settings, work))
    except Exception as error:  # noqa: BLE001 - the last line of defence; it logs the cause
        problem = _explained(error)
        if problem is None:
            _log.exception("role_failed", error="; ".join(map(repr, _causes(error))))
            return exit_codes.FAILED
        sys.stderr.write(f"deltastream {settings.role}: {problem}\n")
        return exit_codes.USAGE if isinstance(problem, UsageError) else exit_codes.UNUSABLE
    return 0


def _outbox(settings: RoleSettings) -> Sequence[Processor]:
    """Return what copies events for the log service; without one nobody would take them out."""
    if not settings.ships_logs:
        return ()
    from deltastream.runtime.log_shipping.entries import level_named  # noqa: PLC0415
    from deltastream.runtime.log_shipping.outbox import OUTBOX  # noqa: PLC0415

    OUTBOX.least = level_named(settings.shipped_log_level)
    return (OUTBOX,)


def _tracing(settings: RoleSettings) -> AbstractContextManager[None]:
    if not settings.otlp_endpoint:
        return nullcontext()
    # It brings OpenTelemetry into memory, for those alone who want it.
    from deltastream.runtime.telemetry.tracing import tracing  # noqa: PLC0415

    return tracing(settings.role, endpoint=settings.otlp_endpoint, ratio=settings.trace_ratio)


def _keep_what_was_imported() -> None:
    """Spare the collector what lives as long as the process: code, types and descriptors.

    A full collection walks all that there is, and nothing else happens meanwhile: over a hundred
    thousand objects it takes 50 to 90 ms, several times a minute where there are many subscribers.
    """
    gc.collect()
    gc.freeze()


def _explained(error: BaseException) -> UsageError | ListenError | None:
    """Find the failure meant for people in an exception or in the groups around it."""
    for cause in _causes(error):
        if isinstance(cause, UsageError | ListenError):
            return cause
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what is in the groups, which by themselves say nothing but how many it is."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    else:
        yield error


async def _run(settings: SettingsT, work: Callable[[SettingsT, Shutdown], Awaitable[None]]) -> None:
    shutdown = Shutdown()
    shutdown.listen()
    await work(settings, shutdown)
    _log.info("role_stopped")
