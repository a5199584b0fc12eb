"""Page tokens: bound to the filter they were issued for (AIP-158)."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.windows import Cursor

_DEFAULT_SIZE: Final = 100
_DIGEST_BYTES: Final = 8


def page_size_of(page_size: int, limit: int) -> int:
    """Return how many rows to return; `limit` is the original platform's name."""
    return page_size or limit or _DEFAULT_SIZE


def filter_digest(*parts: object) -> str:
    """Name a filter, so that a token can be held to it."""
    text = json.dumps([str(part) for part in parts])
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def write_page_token(cursor: Cursor, digest: str) -> str:
    """Encode the place where the next page begins."""
    content = [digest, cursor.timestamp.isoformat(), cursor.key]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def read_page_token(token: str, digest: str) -> Cursor | None:
    """Decode a page token; None for an empty one.

    Raises:
        PageTokenInvalidError: it was altered, or belongs to another filter.
    """
    if not token:
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        owner, moment, key = json.loads(raw)
        cursor = Cursor(timestamp=datetime.fromisoformat(moment).astimezone(UTC), key=str(key))
    except (ValueError, TypeError, OverflowError):
        raise PageTokenInvalidError from None
    if owner != digest:
        raise PageTokenInvalidError
    return cursor


def next_token(cursors: Sequence[Cursor], digest: str) -> str:
    """Return the token of the next page.

    Args:
        cursors: of the page's last row and, when there is one, of the row after it.
        digest: the filter's.
    """
    return write_page_token(cursors[0], digest) if len(cursors) > 1 else ""
