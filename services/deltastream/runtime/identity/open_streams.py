"""Streams end with the tokens that opened them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from deltastream.domain.errors import TokenExpiredError
from deltastream.log_library import structlog
from deltastream.runtime.identity.claims import invalid
from deltastream.runtime.identity.principal import SERVICE, Principal

_log = structlog.get_logger()


class Judge(Protocol):
    """Knows which tokens have ended before their time."""

    def has_ended(self, principal: Principal) -> bool:
        """Say whether a token that was found good was ended, or its key was."""
        ...


class OpenStreams:
    """Knows the streams that are open and whose they are, and ends each in time.

    A timer ends a stream with its token; what is revoked ends when that becomes known, at
    `recheck`. Frames cost nothing: none is looked at.

    Services are the exception: their streams end with a revocation or with the signing key, but
    not with the token. Whoever has the secret of the mesh gets the next token anyway, so that a cut
    would keep nobody out; and it would cut every dashboard off where auth is away for longer than a
    token lasts.
    """

    def __init__(self, judge: Judge, *, clock: Callable[[], float] = time.time) -> None:
        """Know no stream yet.

        Args:
            judge: of tokens.
            clock: seconds since 1970.
        """
        self._judge = judge
        self._clock = clock
        self._open: dict[asyncio.Timeout, Principal] = {}

    def __len__(self) -> int:
        return len(self._open)

    @asynccontextmanager
    async def lasting(self, principal: Principal) -> AsyncIterator[None]:
        """Interrupt the block when the token is good no more.

        Raises:
            TokenExpiredError: its time is over.
            CredentialsInvalidError: it was ended, or its key was.
        """
        try:
            async with asyncio.timeout(self._seconds_left(principal)) as interruption:
                self._open[interruption] = principal
                try:
                    yield
                finally:
                    del self._open[interruption]
        # The latter where a frame is being written: what writes it is interrupted, and closes us.
        except (TimeoutError, GeneratorExit):
            # The block may have reasons of its own.
            if not interruption.expired():
                raise
            if self._judge.has_ended(principal):
                raise invalid() from None
            raise TokenExpiredError from None

    def recheck(self) -> None:
        """End the streams whose tokens have ended before their time."""
        now, ended = asyncio.get_running_loop().time(), 0
        for interruption, principal in tuple(self._open.items()):
            # One whose time is over is ending already.
            if not interruption.expired() and self._judge.has_ended(principal):
                interruption.reschedule(now)
                ended += 1
        if ended:
            _log.info("streams_ended", streams=ended, reason="their tokens were ended")

    def _seconds_left(self, principal: Principal) -> float | None:
        if SERVICE in principal.roles:
            return None
        return max(0.0, principal.expires_at - self._clock())
