"""Examples of frames, each written by what writes it to clients."""

from collections.abc import Iterator
from typing import Any

import grpc
import orjson
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from deltastream.edge.asyncapi.samples import CONTROL, EVENTS, RESUME_TOKEN
from deltastream.edge.errors.statuses import retry_info, status_of
from deltastream.edge.transcoder.framing import EventStreamFraming, NdjsonFraming
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_ENDED = status_of(
    grpc.StatusCode.UNAVAILABLE,
    ErrorReason.ERROR_REASON_DRAINING,
    "this server is shutting down; reconnect with the last resume token",
    details=[retry_info()],
)


def line_examples(method: MethodDescriptor) -> list[dict[str, Any]]:
    """Return lines of JSON of a streaming method."""
    framing = NdjsonFraming()
    lines = [(kind, framing.frame(frame)) for kind, frame in _frames(method)]
    lines.append(("error", framing.failure(_ENDED)))
    return [{"name": name, "payload": orjson.loads(line)} for name, line in lines]


def event_examples(method: MethodDescriptor) -> list[dict[str, Any]]:
    """Return server-sent events of a streaming method."""
    framing = EventStreamFraming()
    events = [(kind, framing.frame(frame)) for kind, frame in _frames(method)]
    events.append(("error", framing.failure(_ENDED)))
    return [{"name": name, "payload": event_of(text.decode())} for name, text in events]


def event_of(text: str) -> dict[str, Any]:
    """Return a server-sent event by its fields, with `data` decoded."""
    lines = (line.partition(": ") for line in text.strip().splitlines())
    fields: dict[str, Any] = {name: value for name, _, value in lines}
    return {**fields, "data": orjson.loads(fields["data"])}


def _frames(method: MethodDescriptor) -> Iterator[tuple[str, Message]]:
    response: Any = message_factory.GetMessageClass(method.output_type)
    batch: Any = method.output_type.fields_by_name["batch"].message_type
    event = next(field for field in batch.fields if field.is_repeated)
    sample = EVENTS[event.message_type.full_name]
    contents: dict[str, Any] = {**CONTROL, "batch": {event.name: [sample]}}
    for sequence, (kind, content) in enumerate(contents.items(), start=1):
        yield kind, response(sequence=sequence, resume_token=RESUME_TOKEN, **{kind: content})
