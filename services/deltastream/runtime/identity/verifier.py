"""Whom a token identifies: verified once, then remembered."""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deltastream.domain.errors import (
    CredentialsInvalidError,
    DependencyUnavailableError,
    TokenExpiredError,
)
from deltastream.runtime.identity.claims import invalid, key_id_of, read_claims
from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.principal import Principal
from deltastream.runtime.identity.revocations import Revocations

_REMEMBERED: Final = 10_000
Refusal = CredentialsInvalidError | TokenExpiredError | DependencyUnavailableError
REFUSALS: Final = (CredentialsInvalidError, TokenExpiredError, DependencyUnavailableError)
"""All that a verifier raises of a token; `failure_of` says how each fails on the wire."""


class Verifier(Protocol):
    """Tells whom access tokens identify."""

    async def verify(self, token: str) -> Principal:
        """Return whom a token identifies.

        Raises:
            TokenExpiredError: it was genuine, and its time is over.
            CredentialsInvalidError: anything else is wrong with it; never said what.
            DependencyUnavailableError: it cannot be judged now.
        """
        ...


class TokenVerifier:
    """Verifies with the keys of auth, without asking it.

    A token that was found good is known by its hash from then on, which makes the next call with
    it a matter of microseconds. It is forgotten with its key, and when it is revoked or has
    expired; of the others at most `capacity` are remembered, those that were used last.
    """

    def __init__(
        self,
        *,
        keys: Keyring,
        revocations: Revocations,
        clock: Callable[[], float] = time.time,
        capacity: int = _REMEMBERED,
    ) -> None:
        """Know no token yet.

        Args:
            keys: of auth.
            revocations: of auth.
            clock: seconds since 1970.
            capacity: how many tokens are remembered.
        """
        self._keys = keys
        self._revocations = revocations
        self._clock = clock
        self._capacity = capacity
        self._good: OrderedDict[bytes, Principal] = OrderedDict()

    def __len__(self) -> int:
        return len(self._good)

    async def verify(self, token: str) -> Principal:
        """See Verifier."""
        digest = _digest_of(token)
        principal = self._remembered(digest)
        if principal is None:
            key_id = await self._key_id_of(token)
            key = await self._keys.find(key_id)
            principal = self._read(token, digest, key_id=key_id, key=key)
        return self._still_good(principal, digest)

    def recognise(self, token: str) -> Principal | None:
        """Return whom a token identifies as far as is known here; None if that is nobody.

        Auth is not asked, so that nothing waits: to a key that it has just begun to sign with this
        is as blind as to a forged one.
        """
        digest = _digest_of(token)
        try:
            principal = self._remembered(digest)
            if principal is None:
                key_id = key_id_of(token)
                key = self._keys.get(key_id)
                principal = self._read(token, digest, key_id=key_id, key=key)
            return self._still_good(principal, digest)
        except REFUSALS:
            return None

    def recheck(self, principal: Principal) -> None:
        """Return if a token that was found good still is.

        Raises:
            TokenExpiredError: its time is over.
            CredentialsInvalidError: it was ended, or its key was.
        """
        if principal.expires_at <= self._clock():
            raise TokenExpiredError
        if self.has_ended(principal):
            raise invalid()

    def has_ended(self, principal: Principal) -> bool:
        """Say whether a token that was found good was ended, or its key was."""
        return principal.key_id not in self._keys or self._revocations.ended(principal)

    async def _key_id_of(self, token: str) -> str:
        if not self._keys.is_known:
            # Even of what is no token at all: a good one would be told the same.
            await self._keys.find("")
        return key_id_of(token)

    def _remembered(self, digest: bytes) -> Principal | None:
        principal = self._good.get(digest)
        if principal is not None:
            self._good.move_to_end(digest)
        return principal

    def _read(
        self, token: str, digest: bytes, *, key_id: str, key: Ed25519PublicKey | None
    ) -> Principal:
        if key is None:
            raise invalid()
        principal = read_claims(token, key, key_id=key_id, now=self._clock())
        self._good[digest] = principal
        if len(self._good) > self._capacity:
            self._good.popitem(last=False)
        return principal

    def _still_good(self, principal: Principal, digest: bytes) -> Principal:
        try:
            self.recheck(principal)
        except REFUSALS:
            self._good.pop(digest, None)
            raise
        return principal


def _digest_of(token: str) -> bytes:
    return sha256(token.encode(errors="surrogatepass")).digest()
