"""What clients send, read with suspicion."""

import json
from typing import Any, Final

import orjson

from deltastream.edge.sockets.library import packet

UNREADABLE: Final = "(unreadable)"
"""The event that stands for a packet which is none, or none that a client may send."""
TOO_LARGE: Final = "(too large)"
"""The event that stands for a request above `REQUEST_BYTES`."""
REQUEST_BYTES: Final = 4096

_FROM_CLIENTS: Final = (packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK)
# python-socketio dispatches an event of one of these names to the handler of its own event.
_RESERVED: Final = ("connect", "disconnect")


class FastJson:
    """orjson behind the names of the standard library's module."""

    JSONDecodeError = json.JSONDecodeError

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """Encode a value."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str, **_: object) -> Any:
        """Decode a text; raises ValueError."""
        return orjson.loads(text)


class ClientPacket(packet.Packet):  # type: ignore[misc]  # the library has no types
    """A Socket.IO packet that is always safe to dispatch.

    The library would leave an exception to its log for each malformed packet, and would collect
    any number of binary attachments. Here a packet that is not to be had from a client becomes the
    event `UNREADABLE` or `TOO_LARGE`, with the request's id where one was read, and is answered
    like any other bad request.
    """

    uses_binary_events = False
    json = FastJson
    packet_type: int
    data: object

    def __init__(self, *arguments: object, **named: object) -> None:
        encoded_packet = named.pop("encoded_packet", None)
        super().__init__(*arguments, **named)
        # The library takes an empty packet for none at all.
        if encoded_packet is not None:
            self.decode(encoded_packet)

    def decode(self, encoded_packet: object) -> int:
        """Read a packet; return the number of its attachments, always 0."""
        try:
            readable = self._read(encoded_packet)
        except ValueError:
            readable = False
        if not readable:
            self.packet_type, self.data = packet.EVENT, [UNREADABLE]
        return 0

    def _read(self, encoded: object) -> bool:
        """Read a packet; say whether clients may send it."""
        # Bytes are for binary events, which nothing here sends or expects.
        if not isinstance(encoded, str):
            return False
        super().decode(encoded)
        if self.packet_type != packet.EVENT:
            return self.packet_type in _FROM_CLIENTS
        if not isinstance(self.data, list) or not self.data:
            return False
        event = self.data[0]
        if len(encoded) > REQUEST_BYTES:
            self.data = [TOO_LARGE]
        return isinstance(event, str) and event not in _RESERVED
