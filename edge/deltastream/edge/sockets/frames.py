"""An event as it travels to clients."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

# Engine.IO's packet type "message" and, inside it, Socket.IO's "event" of the default namespace.
_EVENT_PREFIX: Final = "42"


class Frame:
    """One event, encoded on first use and then the same text for every client.

    It stands where Engine.IO expects one of its packets, of which it only calls `encode`.
    """

    __slots__ = ("_event", "_payload", "_text")

    def __init__(self, event: str, payload: Callable[[], Mapping[str, object]]) -> None:
        self._event = event
        self._payload: Callable[[], Mapping[str, object]] | None = payload
        self._text = ""

    def encode(self, b64: bool = False) -> str:  # noqa: FBT001, FBT002, ARG002 - Engine.IO's call
        """Return the packet as text."""
        if self._payload is not None:
            arguments = orjson.dumps([self._event, self._payload()])
            self._text = _EVENT_PREFIX + arguments.decode()
            self._payload = None
        return self._text


def frame_of(event: str, payload: Mapping[str, object]) -> Frame:
    """Return a frame of a payload that is at hand."""
    return Frame(event, lambda: payload)
