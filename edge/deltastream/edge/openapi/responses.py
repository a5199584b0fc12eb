"""What a method answers, and how it may fail."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.edge.contract import path_of
from deltastream.edge.openapi.errors import RESPONSES
from deltastream.edge.openapi.headers import ETAG, header_references, is_cacheable
from deltastream.edge.openapi.links import links_of
from deltastream.edge.openapi.rules import Schema
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.transcoder.framing import EVENT_STREAM, NDJSON
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.runtime.contract import required_role

_ALWAYS: Final = (400, 401, 429, 431, 500, 501, 503, 504)
_WITH_ROLE: Final = (403,)
_WITH_PATH: Final = (404,)
_WITH_BODY: Final = (408, 413, 415)
_OF_METHODS: Final[Mapping[str, tuple[int, ...]]] = {
    "deltastream.auth.v1.AuthService.Register": (409,),
}


def responses_of(binding: Binding, schemas: Schemas) -> dict[str, Any]:
    """Return the responses of one binding, by status."""
    method = binding.method
    public = required_role(path_of(method)) == access_pb2.ROLE_PUBLIC
    statuses = {
        *_ALWAYS,
        *(() if public else _WITH_ROLE),
        *(_WITH_PATH if binding.variables else ()),
        *(_WITH_BODY if binding.takes_body else ()),
        *_OF_METHODS.get(method.full_name, ()),
    }
    return {
        "200": _stream(method, schemas) if method.server_streaming else _answer(binding, schemas),
        **(
            {"304": {"$ref": "#/components/responses/NotModified"}} if is_cacheable(binding) else {}
        ),
        **{
            str(status): {"$ref": f"#/components/responses/{RESPONSES[status][0]}"}
            for status in sorted(statuses)
        },
    }


def line_schema(frame: Schema) -> Schema:
    """Return the schema of one line of application/x-ndjson."""
    return {
        "description": "One line of the body: a frame, or what ended the stream.",
        "oneOf": [
            _only("result", frame),
            _only("error", {"$ref": "#/components/schemas/Status"}),
        ],
    }


def _answer(binding: Binding, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.reference(binding.method.output_type, request=False)
    kept = (ETAG,) if is_cacheable(binding) else ()
    links = links_of(binding)
    return {
        "description": "The answer.",
        "headers": header_references(*kept),
        "content": {"application/json": {"schema": schema}},
        **({"links": links} if links else {}),
    }


def _stream(method: MethodDescriptor, schemas: Schemas) -> dict[str, Any]:
    frame = schemas.reference(method.output_type, request=False)
    return {
        "description": "The frames, as they come.",
        "headers": header_references(),
        "content": {
            NDJSON: {"schema": line_schema(frame)},
            EVENT_STREAM: {"schema": _event(method, frame)},
        },
    }


def kinds_of(method: MethodDescriptor) -> list[str]:
    """Return the kinds of a streaming method's events: those of its frames, and a failure."""
    frames = [field.name for group in method.output_type.oneofs for field in group.fields]
    return [*frames, "error"]


def event_schema(method: MethodDescriptor, data: Schema) -> Schema:
    """Return the schema of one server-sent event, by its fields."""
    return {
        "type": "object",
        "description": "One server-sent event, by its fields.",
        "properties": {
            "event": {
                "type": "string",
                "enum": kinds_of(method),
                "description": "event is the kind of frame, or `error` for what ended the stream.",
            },
            "id": {
                "type": "string",
                "description": (
                    "id is the frame's resume token: a browser sends it as Last-Event-ID when it "
                    "reconnects, and the stream goes on exactly after it."
                ),
            },
            "data": data,
        },
        "required": ["event", "data"],
    }


def _event(method: MethodDescriptor, frame: Schema) -> Schema:
    content = {"anyOf": [frame, {"$ref": "#/components/schemas/Status"}]}
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": content,
        "description": "data is the frame, or a Status if the event is `error`.",
    }
    return event_schema(method, data)


def _only(name: str, schema: Schema) -> Schema:
    return {"type": "object", "properties": {name: schema}, "required": [name]}
