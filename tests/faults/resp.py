"""Where one reply of Redis ends and the next begins, in a stream of bytes.

Knows every type of RESP2 and RESP3, and keeps nothing but the bytes of the reply that is not
complete yet.
"""

from typing import Final

_END: Final = b"\r\n"
_ONE_LINE: Final = frozenset(b"+-:_#,(")
_COUNTED_BYTES: Final = frozenset(b"$!=")
# How many values follow for each that is counted: a map has a key and a value an item.
_COUNTED_VALUES: Final = {ord("*"): 1, ord("~"): 1, ord(">"): 1, ord("%"): 2, ord("|"): 2}


class MalformedReplyError(Exception):
    """The bytes are not RESP."""


class ReplySplitter:
    """Cuts a stream of bytes into whole replies."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def held(self) -> int:
        """How many bytes of an unfinished reply are kept."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """Take more bytes, and return the replies that they complete.

        Raises:
            MalformedReplyError: the bytes are not RESP.
        """
        self._held += data
        replies, begin = [], 0
        while (end := _end_of(self._held, begin)) is not None:
            replies.append(bytes(self._held[begin:end]))
            begin = end
        del self._held[:begin]
        return replies


def _end_of(data: bytearray, begin: int) -> int | None:
    """Return where the reply that begins there ends; None when not all of it is here."""
    place, values = begin, 1
    while values:
        line_end = data.find(_END, place)
        if line_end < 0:
            return None
        kind = data[place]
        after = line_end + len(_END)
        values -= 1
        if kind in _COUNTED_BYTES:
            after += _bytes_that_follow(data[place + 1 : line_end])
        elif kind in _COUNTED_VALUES:
            values += _COUNTED_VALUES[kind] * max(0, _number(data[place + 1 : line_end]))
            # Attributes stand before the value that they describe.
            values += kind == ord("|")
        elif kind not in _ONE_LINE:
            raise MalformedReplyError(f"no reply begins with {chr(kind)!r}")
        if after > len(data):
            return None
        place = after
    return place


def _bytes_that_follow(length: bytearray) -> int:
    """Return how long a counted string and its line end are; a null string has neither."""
    number = _number(length)
    return number + len(_END) if number >= 0 else 0


def _number(digits: bytearray) -> int:
    try:
        return int(digits)
    except ValueError:
        raise MalformedReplyError(f"{bytes(digits)!r} is no length") from None
