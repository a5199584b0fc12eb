"""An event as it travels to clients."""

from collections.abc import Callable
from typing import Final

import orjson

# Engine.IO's packet type "message" and, inside it, Socket.IO's "event" of the default namespace.
_EVENT_PREFIX: Final = b"42"
# A websocket message of text, whole: RFC 6455, section 5.2.
_WHOLE_TEXT: Final = b"\x81"
_TWO_BYTES_FOLLOW, _EIGHT_BYTES_FOLLOW = b"\x7e", b"\x7f"
_LARGEST_IN_ONE, _LARGEST_IN_TWO = 0x7D, 0xFFFF


class Frame:
    """One event, encoded on first use and then the same bytes for every client.

    It stands where Engine.IO expects one of its packets, of which it only calls `encode`.
    """

    __slots__ = ("_begin", "_event", "_message", "_payload")

    def __init__(self, event: str, payload: Callable[[], object]) -> None:
        self._event = event
        self._payload: Callable[[], object] | None = payload
        self._message = b""
        self._begin = 0

    def message(self) -> bytes:
        """Return the websocket message that carries the packet, its head included."""
        if self._payload is not None:
            text = _EVENT_PREFIX + orjson.dumps([self._event, self._payload()])
            head = _head_of(len(text))
            self._message, self._begin = head + text, len(head)
            self._payload = None
        return self._message

    def encode(self, b64: bool = False) -> str:  # noqa: FBT001, FBT002, ARG002 - Engine.IO's call
        """Return the packet as text."""
        return self.message()[self._begin :].decode()


def frame_of(event: str, payload: object) -> Frame:
    """Return a frame of a payload that is at hand."""
    return Frame(event, lambda: payload)


def _head_of(size: int) -> bytes:
    if size <= _LARGEST_IN_ONE:
        return _WHOLE_TEXT + size.to_bytes(1)
    if size <= _LARGEST_IN_TWO:
        return _WHOLE_TEXT + _TWO_BYTES_FOLLOW + size.to_bytes(2)
    return _WHOLE_TEXT + _EIGHT_BYTES_FOLLOW + size.to_bytes(8)
