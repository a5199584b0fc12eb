"""The token that a role calls the others with."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NoReturn, Protocol

import grpc

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.runtime.identity.claims import CLOCK_SECONDS

_log = structlog.get_logger()
_FIRST_RETRY_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 5.0
# As long as a call waits for the role that it is for.
_PATIENCE_SECONDS: Final = 3.0

Metadata = tuple[tuple[str, str], ...]


class Identity(Protocol):
    """Says who calls, in the words of gRPC."""

    async def metadata(self) -> Metadata:
        """Return what is to be sent with a call that is made now.

        Raises:
            AioRpcError: UNAVAILABLE: it is not known in time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A service token and when it ends, in seconds since 1970."""

    text: str = field(repr=False)
    expires_at: float


Issue = Callable[[], Awaitable[IssuedToken]]
"""Gets a token from auth; raises grpc.aio.AioRpcError when there is none to be had."""


class ServiceToken:
    """Holds a token that is valid, renewed at half its life; `follow` must run.

    While auth is away the last one goes on serving for the other half.
    """

    def __init__(self, issue: Issue | None, *, clock: Callable[[], float] = time.time) -> None:
        """Hold none yet.

        Args:
            issue: see Issue; None calls the others without a token, for want of a secret.
            clock: seconds since 1970.
        """
        self._issue = issue
        self._clock = clock
        self._token: IssuedToken | None = None
        self._taken_at = 0.0
        self._metadata: Metadata = ()
        self._issued = asyncio.Condition()
        self._wanted = asyncio.Event()
        self._failing = False

    @property
    def is_needed(self) -> bool:
        """Whether there is a token to wait for."""
        return self._issue is not None

    async def metadata(self) -> Metadata:
        """See Identity."""
        if self._issue is None or self._is_valid():
            return self._metadata
        self._wanted.set()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._issued:
                await self._issued.wait_for(self._is_valid)
        except TimeoutError:
            raise _no_token() from None
        return self._metadata

    async def follow(self) -> None:
        """Keep the token fresh until cancelled; without a secret there is nothing to do."""
        if self._issue is not None:
            await self._renew_repeatedly(self._issue)

    async def _renew_repeatedly(self, issue: Issue) -> NoReturn:
        pause = _FIRST_RETRY_SECONDS
        while True:
            try:
                token = await issue()
            except (grpc.aio.AioRpcError, DependencyUnavailableError) as error:
                self._note_failure(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _RETRY_SECONDS)
            else:
                await self._take(token)
                pause = _FIRST_RETRY_SECONDS
                await self._rest((token.expires_at - self._clock()) / 2.0)

    async def _rest(self, seconds: float) -> None:
        """Wait until a token is at half its life, or found to be valid no more.

        A machine that slept, or whose clock was set, may be past that long before a loop has
        counted so many seconds.
        """
        self._wanted.clear()
        await asyncio.sleep(_FIRST_RETRY_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds - _FIRST_RETRY_SECONDS):
                await self._wanted.wait()

    async def _take(self, token: IssuedToken) -> None:
        self._failing = False
        self._token, self._taken_at = token, self._clock()
        self._metadata = (("authorization", f"Bearer {token.text}"),)
        async with self._issued:
            self._issued.notify_all()

    def _is_valid(self) -> bool:
        """Say whether others will believe it, those too whose clock was set back like ours."""
        if self._token is None:
            return False
        return self._taken_at - CLOCK_SECONDS <= self._clock() < self._token.expires_at

    def _note_failure(self, error: grpc.aio.AioRpcError | DependencyUnavailableError) -> None:
        """Log what a person must mend; auth that is still starting alarms nobody."""
        refused = isinstance(error, grpc.aio.AioRpcError) and error.code() not in _PASSING
        if not self._failing and (refused or self._token is not None):
            code = error.code().name if isinstance(error, grpc.aio.AioRpcError) else "UNAVAILABLE"
            _log.warning("service_token_not_issued", code=code)
            self._failing = True


_PASSING: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


def _no_token() -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE,
        initial_metadata=grpc.aio.Metadata(),
        trailing_metadata=grpc.aio.Metadata(),
        details="auth has issued no service token yet",
    )
