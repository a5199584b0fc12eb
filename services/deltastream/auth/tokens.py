"""Access tokens: JSON Web Tokens signed with Ed25519."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import jwt

from deltastream.auth.signing_keys import SigningKeys
from deltastream.domain.errors import TokenExpiredError
from deltastream.ports.clock import Clock
from deltastream.runtime.identity.claims import (
    ALGORITHM,
    AUDIENCE,
    ISSUER,
    TYPE,
    invalid,
    key_id_of,
    read_claims,
)
from deltastream.runtime.identity.principal import Principal

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A signed token and when it ends."""

    text: str = field(repr=False)
    expires_at: datetime


class AccessTokens:
    """Issues and verifies access tokens."""

    def __init__(self, *, keys: SigningKeys, lifetime: timedelta, clock: Clock) -> None:
        self._keys = keys
        self._lifetime = lifetime
        self._clock = clock

    def issue(
        self,
        subject: str,
        roles: Sequence[str],
        *,
        sid: str | None = None,
        at: datetime | None = None,
        until: datetime | None = None,
    ) -> AccessToken:
        """Sign a token.

        Args:
            subject: whose it is: an account's id, "service/NAME" or "operator".
            roles: what it allows.
            sid: "session/ID" or "key/ID": what it ends with.
            at: when it was decided on; by default now. What is revoked after that ends it.
            until: when it ends at the latest.
        """
        at = at or self._clock()
        expires_at = min(at + self._lifetime, until or at + self._lifetime).replace(microsecond=0)
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "roles": list(roles),
            "iat": (at - _EPOCH) // timedelta(milliseconds=1) / 1000,
            "exp": int(expires_at.timestamp()),
            "jti": uuid4().hex,
        }
        if sid is not None:
            claims["sid"] = sid
        key = self._keys.signing(self._clock())
        headers = {"kid": key.kid, "typ": TYPE}
        text = jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)
        return AccessToken(text=text, expires_at=expires_at)

    def verify(self, text: str) -> Principal:
        """Read a token, by the keys that are published now.

        Raises:
            TokenExpiredError: it was genuine, and its time is over.
            CredentialsInvalidError: anything else is wrong with it; never said what.
        """
        now = self._clock()
        key = self._keys.verifying(key_id_of(text), now)
        if key is None:
            raise invalid()
        public, seconds = key.private.public_key(), now.timestamp()
        principal = read_claims(text, public, key_id=key.kid, now=seconds)
        if principal.expires_at <= seconds:
            raise TokenExpiredError
        return principal
