"""Password hashing: bcrypt, off the event loop."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

import bcrypt

from deltastream.domain.errors import InvalidValueError

# bcrypt reads no further, and version 5 raises on more.
MOST_BYTES: Final = 72
# Composing makes a text at most so many times shorter. What is longer is no password anyway, and
# composing a megabyte can take minutes.
_MOST_COMPOSED: Final = 3 * MOST_BYTES
_THREADS: Final = 2


class PasswordHasher:
    """Hashes and checks passwords in a few threads: each takes a good part of a second.

    More calls than threads wait for one. Passwords are composed first (Unicode's NFC, as RFC 8265
    has it): what one keyboard sends as one letter another sends as a letter and its accent.
    """

    def __init__(self, *, cost: int) -> None:
        self._cost = cost
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bcrypt")
        # What an unknown user's password is compared with, so that its refusal takes as long.
        self._nobody = bcrypt.hashpw(b"nobody", bcrypt.gensalt(cost))

    async def hash(self, password: str) -> bytes:
        """Hash a password.

        Raises:
            InvalidValueError: it has more than MOST_BYTES bytes in UTF-8.
        """
        composed = _composed(password)
        if len(composed) > MOST_BYTES:
            raise InvalidValueError("password", f"must have at most {MOST_BYTES} bytes in UTF-8")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hash, composed)

    async def matches(self, password: str, hashed: bytes | None) -> bool:
        """Compare, in the same time whether or not there is a hash to compare with."""
        loop = asyncio.get_running_loop()
        composed = _composed(password)
        return await loop.run_in_executor(self._threads, self._matches, composed, hashed)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _hash(self, password: bytes) -> bytes:
        return bcrypt.hashpw(password, bcrypt.gensalt(self._cost))

    def _matches(self, password: bytes, hashed: bytes | None) -> bool:
        too_long = len(password) > MOST_BYTES
        same = bcrypt.checkpw(password[:MOST_BYTES], hashed or self._nobody)
        return same and hashed is not None and not too_long


def _composed(password: str) -> bytes:
    sent = password.encode()
    if len(sent) > _MOST_COMPOSED:
        return sent
    return unicodedata.normalize("NFC", password).encode()
