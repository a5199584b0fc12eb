"""Resume tokens: where a subscriber stands, in a string it need not understand."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.message import DecodeError

from deltastream.stream.v1 import stream_pb2


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an event log: per product, the sequence of the last event delivered."""

    epoch: str
    sequences: Mapping[str, int]


class Bookmark:
    """A position that moves, and is written as a token at every step.

    It keeps what a step does not change encoded: encoding a map of all products for every frame
    costs more than the frame.
    """

    def __init__(self, epoch: str) -> None:
        self._epoch = stream_pb2.ResumePosition(epoch=epoch).SerializeToString()
        self._sequences: dict[str, int] = {}
        self._entries: dict[str, bytes] = {}

    @property
    def sequences(self) -> Mapping[str, int]:
        """Per product, the sequence of the last event delivered."""
        return self._sequences

    def move(self, product: str, sequence: int) -> None:
        """Say that everything of a product up to a sequence is delivered."""
        is_new = product not in self._sequences
        self._sequences[product] = sequence
        self._entries[product] = _encode_entry(product, sequence)
        if is_new:
            # In one order, so that equal positions have equal tokens.
            self._entries = dict(sorted(self._entries.items()))

    def token(self) -> bytes:
        """Write the token."""
        return _encode_token(self._epoch, *self._entries.values())


@lru_cache(maxsize=4096)
def _encode_entry(product: str, sequence: int) -> bytes:
    """Encode an entry of the map; subscribers who stand at the same place share it."""
    return stream_pb2.ResumePosition(positions={product: sequence}).SerializeToString()


@lru_cache(maxsize=64)
def _encode_token(*parts: bytes) -> bytes:
    """Write the token of an encoded epoch and the entries of its map, shared likewise."""
    return base64.urlsafe_b64encode(b"".join(parts)).rstrip(b"=")


def write_token(position: Position) -> str:
    """Encode a position."""
    bookmark = Bookmark(position.epoch)
    for product, sequence in position.sequences.items():
        bookmark.move(product, sequence)
    return bookmark.token().decode()


def read_token(token: str) -> Position | None:
    """Decode a token; None when it is none."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        message = stream_pb2.ResumePosition.FromString(data)
    except (binascii.Error, ValueError, DecodeError):
        return None
    return Position(message.epoch, dict(message.positions)) if message.epoch else None
