"""Refresh tokens: `dsr_SESSION_FAMILY_SECRET`, each part in hexadecimal digits.

SESSION names the session. FAMILY is a secret that all tokens of the session share: who knows it
has had one of them, so that a token which is none of the two newest is told from an invention
without keeping those that are past. SECRET is the token's own.

The store keeps SHA-256 digests of both secrets; they have 128 and 256 random bits, so that nothing
slower is needed. The next secret is derived from the present one with a random salt, which the
store keeps: whoever still has a token that was replaced can be given the same successor again,
and neither the store nor the old token alone leads to it.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

_FORM: Final = re.compile(r"dsr_([0-9a-f]{32})_([0-9a-f]{32})_([0-9a-f]{64})")
_FAMILY_BYTES: Final = 16
_SECRET_BYTES: Final = 32
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token in its parts."""

    session_id: str
    family: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The token as clients have it."""
        return f"dsr_{self.session_id}_{self.family.hex()}_{self.secret.hex()}"

    @property
    def digest(self) -> bytes:
        """What its secret is recognised by."""
        return hashlib.sha256(self.secret).digest()

    @property
    def family_digest(self) -> bytes:
        """What its family is recognised by."""
        return hashlib.sha256(self.family).digest()

    def successor(self, salt: bytes) -> "RefreshToken":
        """Return the next token of the session, the same one for the same salt."""
        return RefreshToken(
            session_id=self.session_id,
            family=self.family,
            secret=hmac.digest(self.secret, salt, hashlib.sha256),
        )


def new_refresh_token() -> RefreshToken:
    """Return the first token of a new session."""
    return RefreshToken(
        session_id=uuid4().hex,
        family=secrets.token_bytes(_FAMILY_BYTES),
        secret=secrets.token_bytes(_SECRET_BYTES),
    )


def read_refresh_token(text: str) -> RefreshToken | None:
    """Read a token; None of what has not its form."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    session_id, family, secret = match.groups()
    return RefreshToken(
        session_id=session_id, family=bytes.fromhex(family), secret=bytes.fromhex(secret)
    )
