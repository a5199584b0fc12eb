"""Sends what was logged to who keeps it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import grpc

from deltastream.domain.errors import DependencyUnavailableError, DomainError
from deltastream.log_library import structlog
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.log_shipping.outbox import Outbox
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_log = structlog.get_logger()
_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
_GOODBYE_SECONDS: Final = 1.0
# Whoever takes entries may be replaced by another; and at start everybody waits for somebody.
_ALARMING: Final = 2
_ALARMING_AT_START: Final = 5
# What is wrong with a call, and not with the way to the service.
_REFUSED: Final = frozenset(
    {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.INTERNAL}
)

Send = Callable[[Sequence[pb.LogEntry]], Awaitable[None]]
"""Makes entries durable, or raises grpc.aio.AioRpcError or a DomainError."""


class Shipper:
    """Empties an outbox, again and again.

    While nobody takes entries it tries ever more seldom, and they stay in the outbox, which is
    bounded. It logs when that begins and when it ends, and nothing in between. Entries of which it
    is not known whether they arrived are sent again: a few may be kept twice.
    """

    def __init__(
        self, outbox: Outbox, send: Send, *, service: str, pause: float = _PAUSE_SECONDS
    ) -> None:
        """Ship the entries of an outbox.

        Args:
            outbox: what is to be sent.
            service: whose entries they are, for the count of those that were dropped.
            send: see Send.
            pause: seconds between looking.
        """
        self._outbox = outbox
        self._send = send
        self._service = service
        self._usual_pause = self._pause = pause
        self._known = False
        self._failures = 0
        self._away = False
        self._refused = False
        self._leaving = False
        self._counted = 0

    async def run(self) -> None:
        """Ship until cancelled; then, for a moment, what is left."""
        try:
            while True:
                await asyncio.sleep(self._pause)
                await self.ship()
        finally:
            # Of a role that ends, the last words are of interest. Where all end, somebody is last.
            self._leaving = True
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self.ship()

    async def ship(self) -> None:
        """Send all that there is, or find out that nobody takes it."""
        self._count_dropped()
        while entries := self._outbox.take():
            try:
                await self._send(entries)
            except (grpc.aio.AioRpcError, DomainError) as error:
                if _is_away(error):
                    self._outbox.put_back(entries)
                    self._note_away(error)
                    return
                self._note_refused(entries, error)
            except BaseException:
                self._outbox.put_back(entries)
                raise
            else:
                self._note_there()

    def _note_away(self, error: Exception) -> None:
        self._pause = min(2 * self._pause, max(_LONGEST_PAUSE, self._usual_pause))
        self._failures += 1
        alarming = _ALARMING if self._known else _ALARMING_AT_START
        if self._failures == alarming and not self._leaving:
            self._away = True
            _log.warning("logs_not_shipped", error=_brief(error))

    def _note_there(self) -> None:
        self._pause, self._failures, self._known = self._usual_pause, 0, True
        if self._away:
            self._away = False
            _log.info("logs_shipped_again", dropped=self._outbox.dropped)

    def _note_refused(self, entries: Sequence[pb.LogEntry], error: Exception) -> None:
        """Give up what would be refused again, and say so once: it may be this that is refused."""
        self._outbox.dropped += len(entries)
        if not self._refused:
            self._refused = True
            _log.error("logs_refused", entries=len(entries), error=_brief(error))

    def _count_dropped(self) -> None:
        dropped, self._counted = self._outbox.dropped - self._counted, self._outbox.dropped
        if dropped:
            PROCESS.counter(names.LOG_RECORDS_DROPPED, service=self._service).inc(dropped)


def _is_away(error: Exception) -> bool:
    """Say whether the same call may succeed later."""
    if isinstance(error, grpc.aio.AioRpcError):
        return error.code() not in _REFUSED
    return isinstance(error, DependencyUnavailableError)


def _brief(error: Exception) -> str:
    return error.code().name if isinstance(error, grpc.aio.AioRpcError) else str(error)
