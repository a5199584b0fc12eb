"""Methods of the contract as OpenAPI operations."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.edge.contract import path_of
from deltastream.edge.openapi.errors import RESPONSES
from deltastream.edge.openapi.rules import Schema, required_fields_of
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.reading.field_paths import Leaf, leaves_of
from deltastream.edge.reading.request_binding import in_query
from deltastream.edge.transcoder.framing import EVENT_STREAM, LAST_EVENT_ID, NDJSON
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.runtime.contract import required_role

Operation = dict[str, Any]

_ALWAYS: Final = (400, 401, 429, 500, 501, 503, 504)
_WITH_ROLE: Final = (403,)
_WITH_PATH: Final = (404,)
_WITH_BODY: Final = (408, 413)
_EVENTS: Final = (
    "Server-sent events. `event` is the kind of frame, `data` the frame as JSON, `id` the resume "
    "token that a browser returns as Last-Event-ID when it reconnects."
)
_LAST_EVENT_ID: Final[Operation] = {
    "name": LAST_EVENT_ID,
    "in": "header",
    "description": "Resumes a text/event-stream after this event; before resume_token.",
    "schema": {"type": "string"},
}


def operation_of(binding: Binding, *, schemas: Schemas, comments: Mapping[str, str]) -> Operation:
    """Return the operation for one binding."""
    method = binding.method
    text = comments.get(method.full_name, "")
    role = required_role(path_of(method))
    operation: Operation = {
        "operationId": _operation_id(binding),
        "tags": [method.containing_service.name],
        "summary": text.partition(". ")[0].rstrip("."),
        "description": f"{text}\n\n{_caller(role)}",
    }
    if parameters := _parameters(binding, schemas, comments):
        operation["parameters"] = parameters
    if binding.takes_body:
        operation["requestBody"] = {
            "required": bool(required_fields_of(method.input_type)),
            "content": {"application/json": {"schema": _body(binding, schemas)}},
        }
    operation["responses"] = _responses(binding, schemas)
    operation["security"] = [] if role == access_pb2.ROLE_PUBLIC else [{"bearerAuth": []}]
    return operation


def _operation_id(binding: Binding) -> str:
    method = binding.method
    number = str(binding.index + 1) if binding.index else ""
    return f"{method.containing_service.name}_{method.name}{number}"


def _caller(role: "access_pb2.Role.ValueType") -> str:
    if role == access_pb2.ROLE_PUBLIC:
        return "Anyone may call it."
    name = access_pb2.Role.Name(role).removeprefix("ROLE_")
    return f"The caller needs the role {name}."


def _parameters(binding: Binding, schemas: Schemas, comments: Mapping[str, str]) -> list[Operation]:
    required = required_fields_of(binding.method.input_type)
    leaves = {leaf.path: leaf for leaf in leaves_of(binding.method.input_type)}
    parameters = [
        _parameter(leaves[name], "path", schemas, comments) | {"required": True}
        for name in binding.variables
    ]
    for path, leaf in leaves.items():
        if in_query(path, binding):
            parameter = _parameter(leaf, "query", schemas, comments)
            parameters.append(parameter | ({"required": True} if path in required else {}))
    if binding.method.server_streaming:
        parameters.append(_LAST_EVENT_ID)
    return parameters


def _parameter(leaf: Leaf, place: str, schemas: Schemas, comments: Mapping[str, str]) -> Operation:
    schema = schemas.field(leaf.field, request=True)
    if place == "path" and "pattern" in schema:
        # A path segment is never empty.
        schema["pattern"] = schema["pattern"].removeprefix("^$|")
    return {
        "name": leaf.path,
        "in": place,
        "description": comments.get(leaf.field.full_name, ""),
        "schema": schema,
    }


def _body(binding: Binding, schemas: Schemas) -> Schema:
    request = binding.method.input_type
    if binding.body == "*":
        return schemas.reference(request, request=True)
    return schemas.field(request.fields_by_name[binding.body], request=True)


def _responses(binding: Binding, schemas: Schemas) -> Operation:
    statuses = {
        *_ALWAYS,
        *(_WITH_ROLE if required_role(path_of(binding.method)) != access_pb2.ROLE_PUBLIC else ()),
        *(_WITH_PATH if binding.variables else ()),
        *(_WITH_BODY if binding.takes_body else ()),
    }
    return {
        "200": _answer(binding.method, schemas),
        **{
            str(status): {"$ref": f"#/components/responses/{RESPONSES[status][0]}"}
            for status in sorted(statuses)
        },
        "default": {"$ref": "#/components/responses/Failure"},
    }


def _answer(method: MethodDescriptor, schemas: Schemas) -> Operation:
    schema = schemas.reference(method.output_type, request=False)
    content = {"application/json": {"schema": schema}}
    if method.server_streaming:
        content = {
            NDJSON: {"schema": _line(schema)},
            EVENT_STREAM: {"schema": {"type": "string", "description": _EVENTS}},
        }
    return {
        "description": "The frames, as they come." if len(content) > 1 else "The answer.",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": content,
    }


def _line(schema: Schema) -> Schema:
    return {
        "description": "One line of the body: a frame, or what ended the stream.",
        "oneOf": [
            _only("result", schema),
            _only("error", {"$ref": "#/components/schemas/Status"}),
        ],
    }


def _only(name: str, schema: Schema) -> Schema:
    return {"type": "object", "properties": {name: schema}, "required": [name]}
