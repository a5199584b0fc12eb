"""HTTP requests that a binding stands for, made from request messages and from bad values."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import DoubleValue
from tests.gateway.exchange import Request

from deltastream.edge.contract import SERVICES
from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.reading.field_paths import Leaf, leaves_of
from deltastream.edge.reading.request_binding import in_query
from deltastream.edge.transcoder.http_rule import Binding, bindings_of

# A path variable cannot be empty, and what a slash in it means is a case of its own.
STAND_IN = "NIFTY"
_WRAPPERS = "google/protobuf/wrappers.proto"


def contract_bindings() -> list[Binding]:
    """Return every binding of every public method."""
    return [binding for service in SERVICES for binding in bindings_of(service)]


def name_of(binding: Binding) -> str:
    """Return what a test of the binding is called."""
    return f"{binding.method.containing_service.name}.{binding.method.name}-{binding.index}"


def request_of(binding: Binding, message: Message) -> Request:
    """Return the HTTP request that says what a message says, as far as HTTP can."""
    body = to_json(message) if binding.takes_body else b""
    query = [
        (leaf.path, text)
        for leaf in leaves_of(binding.method.input_type)
        if in_query(leaf.path, binding)
        for text in _texts(leaf, message)
    ]
    return Request(
        method=binding.http_method, target=_target(binding, message, urlencode(query)), body=body
    )


def with_query(binding: Binding, name: str, text: str) -> Request:
    """Return a request with one query parameter."""
    return Request(
        method=binding.http_method, target=_target(binding, None, urlencode({name: text}))
    )


def with_body(binding: Binding, path: tuple[FieldDescriptor, ...], value: str) -> Request:
    """Return a request whose body has one value, in JSON, at the end of a path of fields."""
    for field in reversed(path):
        value = f'{{"{field.name}":{value}}}'
        if field.is_repeated and field is not path[-1]:
            value = value.replace(f'"{field.name}":', f'"{field.name}":[', 1)[:-1] + "]}"
    return Request(
        method=binding.http_method, target=_target(binding, None, ""), body=value.encode()
    )


def kinds_in_query(binding: Binding) -> Iterator[Leaf]:
    """Yield one query parameter of each kind of value that the method takes."""
    leaves = (leaf for leaf in leaves_of(binding.method.input_type) if in_query(leaf.path, binding))
    return iter({_kind_of(leaf.field): leaf for leaf in leaves}.values())


def kinds_in_body(
    descriptor: Descriptor, path: tuple[FieldDescriptor, ...] = ()
) -> Iterator[tuple[FieldDescriptor, ...]]:
    """Yield one path of fields to each kind of value, for each message type in a body."""
    kinds = {_kind_of(field): field for field in descriptor.fields}
    for field in kinds.values():
        # No request of the contract has one; the edge leaves them to protobuf's own library.
        if field.message_type is None or field.message_type.file.name != _WRAPPERS:
            yield (*path, field)
    for field in descriptor.fields:
        kind = field.message_type
        again = any(kind == step.message_type for step in path)
        if kind is not None and kind.file.package.startswith("deltastream") and not again:
            yield from kinds_in_body(kind, (*path, field))


def _kind_of(field: FieldDescriptor) -> tuple[Any, ...]:
    type_name = field.message_type.full_name if field.message_type is not None else field.type
    return type_name, field.is_repeated, field.has_presence


def _target(binding: Binding, message: Message | None, query: str) -> str:
    path = binding.template
    for name in binding.variables:
        text = str(getattr(message, name)) if message is not None else ""
        text = text.replace("/", "-") or STAND_IN
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    return f"{path}?{query}" if query else path


def _texts(leaf: Leaf, message: Message) -> list[str]:
    for step in leaf.parents:
        if not message.HasField(step.name):
            return []
        message = getattr(message, step.name)
    field = leaf.field
    value = getattr(message, field.name)
    if field.is_repeated:
        return [_text(field, item) for item in value]
    there = message.HasField(field.name) if field.has_presence else value != field.default_value
    return [_text(field, value)] if there else []


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.message_type is not None:
        return str(json_format.MessageToDict(value))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return str(value).lower()
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else str(value)
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    return str(json_format.MessageToDict(DoubleValue(value=value)))
