"""Methods of the contract as OpenAPI operations."""

from collections.abc import Iterator, Mapping
from typing import Any

from deltastream.access.v1 import access_pb2
from deltastream.edge.contract import path_of
from deltastream.edge.openapi.headers import (
    IF_NONE_MATCH,
    X_REQUEST_ID,
    is_cacheable,
    parameter_reference,
)
from deltastream.edge.openapi.links import operation_id
from deltastream.edge.openapi.responses import responses_of
from deltastream.edge.openapi.rules import Schema, required_fields_of
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.openapi.security import security_requirements
from deltastream.edge.reading.field_paths import Leaf, leaves_of
from deltastream.edge.reading.request_binding import in_query
from deltastream.edge.transcoder.call_options import GRPC_TIMEOUT
from deltastream.edge.transcoder.framing import LAST_EVENT_ID
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.runtime.contract import required_role

Operation = dict[str, Any]


def operation_of(binding: Binding, *, schemas: Schemas, comments: Mapping[str, str]) -> Operation:
    """Return the operation for one binding."""
    method = binding.method
    text = comments.get(method.full_name, "")
    role = required_role(path_of(method))
    operation: Operation = {
        "operationId": operation_id(binding),
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
    operation["responses"] = responses_of(binding, schemas)
    operation["security"] = [] if role == access_pb2.ROLE_PUBLIC else security_requirements()
    return operation


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
    return [*parameters, *map(parameter_reference, _headers(binding))]


def _headers(binding: Binding) -> Iterator[str]:
    yield X_REQUEST_ID
    yield GRPC_TIMEOUT
    if binding.method.server_streaming:
        yield LAST_EVENT_ID
    if is_cacheable(binding):
        yield IF_NONE_MATCH


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
        # What the path gives stays out of the body.
        return schemas.body(request, without=binding.variables)
    return schemas.field(request.fields_by_name[binding.body], request=True)
