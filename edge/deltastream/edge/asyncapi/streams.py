"""The streaming methods over HTTP: a channel each, as lines of JSON and as server-sent events."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor

from deltastream.edge.asyncapi.references import Part, channel, message_of, security
from deltastream.edge.asyncapi.stream_examples import event_examples, line_examples
from deltastream.edge.openapi.links import operation_id
from deltastream.edge.openapi.operations import operation_of
from deltastream.edge.openapi.responses import event_schema, line_schema
from deltastream.edge.openapi.rules import Schema
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.transcoder.framing import EVENT_STREAM, NDJSON
from deltastream.edge.transcoder.http_rule import Binding

LINE: Final = "line"
EVENT: Final = "event"
_STATUS: Final = {"$ref": "#/components/schemas/Status"}


def stream_channel(binding: Binding, schemas: Schemas) -> Part:
    """Return the channel of one streaming method."""
    frame = schemas.reference(binding.method.output_type, request=False)
    return {
        "address": binding.template,
        "title": binding.method.name,
        "messages": {
            LINE: {
                "name": LINE,
                "summary": "One line of JSON.",
                "contentType": NDJSON,
                "payload": line_schema(frame),
                "examples": line_examples(binding.method),
            },
            EVENT: {
                "name": EVENT,
                "summary": "One server-sent event, by its fields; `data` is JSON.",
                "contentType": EVENT_STREAM,
                "payload": _event(binding.method, frame),
                "examples": event_examples(binding.method),
            },
        },
    }


def stream_operation(
    binding: Binding, *, schemas: Schemas, comments: Mapping[str, str]
) -> tuple[str, Part]:
    """Return the operation of one streaming method, and its name."""
    name = operation_id(binding)
    operation = operation_of(binding, schemas=schemas, comments=comments)
    return name, {
        "action": "send",
        "channel": channel(name),
        "summary": operation["summary"],
        "description": operation["description"],
        "security": [security(scheme) for one in operation["security"] for scheme in one],
        "tags": [{"name": tag} for tag in operation["tags"]],
        "messages": [message_of(name, key) for key in (LINE, EVENT)],
        "bindings": {
            "http": {
                "method": binding.http_method,
                "query": _query(operation["parameters"]),
                "bindingVersion": "0.3.0",
            }
        },
    }


def _event(method: MethodDescriptor, frame: Schema) -> Schema:
    data = {
        "description": "data is the frame, or a Status if the event is `error`.",
        "anyOf": [frame, _STATUS],
    }
    return event_schema(method, data) | {"additionalProperties": False}


def _query(parameters: list[dict[str, Any]]) -> Schema:
    return {
        "type": "object",
        "properties": {
            parameter["name"]: {**parameter["schema"], "description": parameter["description"]}
            for parameter in parameters
            if parameter.get("in") == "query"
        },
        "additionalProperties": False,
    }
