"""What ended before the access tokens that came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NoReturn

import grpc

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.runtime.identity.principal import Principal

_log = structlog.get_logger()
_POLL_SECONDS: Final = 5.0
_FIRST_SECONDS: Final = 0.2

RevocationSource = Callable[[], Awaitable[Mapping[str, float]]]
"""Returns, by subject, the moment in seconds since 1970 before which its tokens were issued that
are refused; raises grpc.aio.AioRpcError when auth does not answer."""


class Revocations:
    """Keeps the list of auth, a few seconds old at most.

    While auth is away the list that is known goes on holding. It is as long as auth's, which leaves
    out what has expired anyway.
    """

    def __init__(self, fetch: RevocationSource) -> None:
        """Know of none yet.

        Args:
            fetch: see RevocationSource.
        """
        self._fetch = fetch
        self._before: Mapping[str, float] = {}
        self._failing = False
        self._known = asyncio.Event()
        self._changed: Callable[[], None] = _nothing

    def whenever_changed(self, do: Callable[[], None]) -> None:
        """Have something done whenever the list is another one than before."""
        self._changed = do

    async def until_known(self) -> None:
        """Return when auth has answered once; `follow` must run."""
        await self._known.wait()

    def ended(self, principal: Principal) -> bool:
        """Say whether a token was ended before its time."""
        if not self._before:
            return False
        issued_at = principal.issued_at
        return issued_at < self._before.get(principal.session, 0.0) or issued_at < self._before.get(
            f"user/{principal.subject}", 0.0
        )

    async def follow(self) -> NoReturn:
        """Keep the list fresh until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(_POLL_SECONDS if self._known.is_set() else _FIRST_SECONDS)

    async def refresh(self) -> None:
        """Take the list that auth has now, if it answers."""
        try:
            before = await self._fetch()
        except (grpc.aio.AioRpcError, DependencyUnavailableError) as error:
            if not self._failing and self._known.is_set():
                _log.warning("revocations_not_refreshed", error=type(error).__name__)
            self._failing = True
        else:
            self._failing = False
            self._known.set()
            if before != self._before:
                self._before = before
                self._changed()


def _nothing() -> None:
    """Do nothing."""
