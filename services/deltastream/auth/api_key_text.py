"""API keys as programs have them: `ds_ID_SECRET`, in hexadecimal digits."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

_FORM: Final = re.compile(r"ds_([0-9a-f]{16})_([0-9a-f]{64})")
_ID_BYTES: Final = 8
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyText:
    """A key in its parts.

    Attributes:
        secret: 256 random bits, so that a plain SHA-256 of it says nothing.
    """

    id: str
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The key as programs have it."""
        return f"ds_{self.id}_{self.secret.hex()}"

    @property
    def digest(self) -> bytes:
        """What the secret is recognised by."""
        return hashlib.sha256(self.secret).digest()


def new_api_key() -> ApiKeyText:
    """Return a new key."""
    return ApiKeyText(id=secrets.token_hex(_ID_BYTES), secret=secrets.token_bytes(_SECRET_BYTES))


def read_api_key(text: str) -> ApiKeyText | None:
    """Read a key; None of what has not its form."""
    match = _FORM.fullmatch(text)
    return match and ApiKeyText(id=match[1], secret=bytes.fromhex(match[2]))
