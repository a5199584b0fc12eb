"""The request's URL as it came, before it is unescaped: that loses what was wrong with it."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from deltastream.edge.errors.request_errors import MalformedValueError

_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def check_escapes(target: str) -> None:
    """Make sure that a path with its query can be unescaped, to text.

    Raises:
        MalformedValueError: it cannot; unescaping would keep or replace what it does not read.
    """
    if "%" not in target:
        return
    if _LONE_PERCENT.search(target) is not None:
        raise MalformedValueError("URL", "has a % without two hexadecimal digits; write %25")
    try:
        unquote_to_bytes(target.encode(errors="surrogateescape")).decode()
    except UnicodeDecodeError:
        raise MalformedValueError("URL", "has escapes that are no UTF-8") from None
