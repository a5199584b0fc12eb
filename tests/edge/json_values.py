"""What a message is in the edge's JSON, for comparing."""

from typing import Any

import orjson
from google.protobuf.message import Message

from deltastream.edge.proto_json.encoding import to_json


def to_dict(message: Message) -> dict[str, Any]:
    """Return a message as the values of its JSON."""
    values: dict[str, Any] = orjson.loads(to_json(message))
    return values
