"""Access tokens: JSON Web Tokens signed with Ed25519."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import jwt

from deltastream.auth.keys import SigningKey
from deltastream.domain.errors import CredentialsInvalidError, TokenExpiredError
from deltastream.ports.clock import Clock

ISSUER: Final = "https://deltastream.dev"
AUDIENCE: Final = "deltastream"
_TYPE: Final = "at+jwt"  # RFC 9068
_ALGORITHM: Final = "EdDSA"
_REQUIRED: Final = ["exp", "iat", "iss", "aud", "sub", "jti"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A signed token and when it ends."""

    text: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"AccessToken(expires_at={self.expires_at!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a valid token says."""

    user_id: str
    expires_at: datetime


class AccessTokens:
    """Issues and verifies access tokens."""

    def __init__(self, *, key: SigningKey, lifetime: timedelta, clock: Clock) -> None:
        self._key = key
        self._lifetime = lifetime
        self._clock = clock

    def issue(self, user_id: str, roles: tuple[str, ...]) -> AccessToken:
        """Sign a token for a user."""
        now = self._clock()
        expires_at = (now + self._lifetime).replace(microsecond=0)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "roles": list(roles),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": uuid4().hex,
        }
        headers = {"kid": self._key.kid, "typ": _TYPE}
        text = jwt.encode(claims, self._key.private, algorithm=_ALGORITHM, headers=headers)
        return AccessToken(text=text, expires_at=expires_at)

    def verify(self, text: str) -> Claims:
        """Read a token.

        Raises:
            TokenExpiredError: it was genuine, and its time is over.
            CredentialsInvalidError: anything else is wrong with it; never said what.
        """
        try:
            token = jwt.decode_complete(
                text,
                self._key.private.public_key(),
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Judged below, by the clock that was handed in.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            raise CredentialsInvalidError("the token is not valid") from None
        # PyJWT ignores `typ`, so a token made for something else would pass as an access token.
        if token["header"].get("typ") != _TYPE:
            raise CredentialsInvalidError("the token is not valid")
        payload = token["payload"]
        expires_at = datetime.fromtimestamp(int(payload["exp"]), UTC)
        if expires_at <= self._clock():
            raise TokenExpiredError
        return Claims(user_id=str(payload["sub"]), expires_at=expires_at)
