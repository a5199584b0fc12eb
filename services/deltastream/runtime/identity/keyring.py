"""The public keys that tokens are verified with."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NoReturn

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog

_log = structlog.get_logger()
_REFRESH_SECONDS: Final = 60.0
# Until there are any keys at all, no token can be judged.
_FIRST_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 5.0

KeySource = Callable[[], Awaitable[Mapping[str, Ed25519PublicKey]]]
"""Returns the keys by their ids; raises grpc.aio.AioRpcError when auth does not answer."""


class Keyring:
    """Keeps the keys of auth, the ones it rotates to included.

    While auth is away the keys that are known go on holding.
    """

    def __init__(
        self, fetch: KeySource, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Know no key yet.

        Args:
            fetch: see KeySource.
            monotonic: the time in seconds.
        """
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: Mapping[str, Ed25519PublicKey] = {}
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._failing = False
        self._known = asyncio.Event()
        self._changed: Callable[[], None] = _nothing

    def whenever_changed(self, do: Callable[[], None]) -> None:
        """Have something done whenever there are other keys than before."""
        self._changed = do

    @property
    def is_known(self) -> bool:
        """Whether there was ever an answer: before that nobody can be told from anybody."""
        return self._known.is_set()

    async def until_known(self) -> None:
        """Return when auth has answered once; `follow` must run."""
        await self._known.wait()

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._keys

    def get(self, key_id: str) -> Ed25519PublicKey | None:
        """Return a key that is known, without asking auth."""
        return self._keys.get(key_id)

    async def find(self, key_id: str) -> Ed25519PublicKey | None:
        """Return a key; None if auth does not have it.

        Auth is asked about unknown keys every 5 s at most, whoever makes them up.

        Raises:
            DependencyUnavailableError: auth has never answered.
        """
        if key_id not in self._keys:
            async with self._asking:
                waited = self._monotonic() - self._asked_at
                if key_id not in self._keys and waited >= _RETRY_SECONDS:
                    await self._ask()
        if not self.is_known:
            raise DependencyUnavailableError("auth")
        return self._keys.get(key_id)

    async def follow(self) -> NoReturn:
        """Keep the keys fresh until cancelled."""
        while True:
            async with self._asking:
                answered = await self._ask()
            retry = _RETRY_SECONDS if self.is_known else _FIRST_SECONDS
            await asyncio.sleep(_REFRESH_SECONDS if answered else retry)

    async def _ask(self) -> bool:
        """Take the keys that auth has now; say whether it answered."""
        self._asked_at = self._monotonic()
        try:
            keys = await self._fetch()
        except (grpc.aio.AioRpcError, DependencyUnavailableError) as error:
            if not self._failing and self.is_known:
                _log.warning("signing_keys_not_refreshed", error=type(error).__name__)
            self._failing = True
            return False
        changed = keys.keys() != self._keys.keys()
        self._keys, self._failing = dict(keys), False
        self._known.set()
        if changed:
            _log.info("signing_keys_changed", keys=sorted(keys))
            self._changed()
        return True


def _nothing() -> None:
    """Do nothing."""
