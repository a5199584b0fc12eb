"""Resume tokens: where a subscriber stands, in a string it need not understand."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from deltastream.stream.v1 import stream_pb2


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an event log: per product, the sequence of the last event delivered."""

    epoch: str
    sequences: Mapping[str, int]


def write_token(position: Position) -> str:
    """Encode a position."""
    message = stream_pb2.ResumePosition(epoch=position.epoch, positions=position.sequences)
    # Deterministic, so that equal positions have equal tokens.
    data = message.SerializeToString(deterministic=True)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read_token(token: str) -> Position | None:
    """Decode a token; None when it is none."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        message = stream_pb2.ResumePosition.FromString(data)
    except (binascii.Error, ValueError, DecodeError):
        return None
    return Position(message.epoch, dict(message.positions)) if message.epoch else None
