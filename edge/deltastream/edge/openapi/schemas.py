"""Messages and enums of the contract as JSON Schema."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from deltastream.edge.openapi.rules import (
    MEMBERS,
    Schema,
    constraints_of,
    message_rules_of,
    required_fields_of,
)

_SCALARS: Final[dict[int, Schema]] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}
# JSON numbers are doubles to many readers, so 64-bit integers travel as strings.
_LONG: Final[dict[int, Schema]] = {
    FieldDescriptor.TYPE_INT64: {"format": "int64", "pattern": "^(0|-?[1-9][0-9]*)$"},
    FieldDescriptor.TYPE_UINT64: {"format": "uint64", "pattern": "^(0|[1-9][0-9]*)$"},
}
_POSITIVE: Final = "^[1-9][0-9]*$"
# What fits, in nanoseconds, into the 64 bits that gRPC gateways read a duration into.
_REQUESTED: Final[dict[str, Schema]] = {
    "google.protobuf.Duration": {"pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,9})?s$"},
}
_WELL_KNOWN: Final[dict[str, Schema]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {
        "type": "string",
        "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$",
        "examples": ["5s"],
    },
}
_EXAMPLES: Final = {
    "product": "NIFTY",
    "expiry": "2026-01-27",
    "symbol": "NIFTY-20260127-24500-CE",
    "email": "ada@example.com",
    "start": "2026-01-27T03:45:00Z",
    "end": "2026-01-27T10:00:00Z",
}


class Schemas:
    """The schemas of all messages that requests and responses reach.

    Requests and responses differ: a response always has the fields without presence, a request
    must have those that a rule demands and no unknown ones. A message of both has two schemas,
    and the request's is named `…Input`.

    Args:
        queries: the messages that paths and query strings hold: only their enums have schemas.
        requests: the messages that bodies hold.
        responses: the messages that are answered.
        comments: by full name.
    """

    def __init__(
        self,
        *,
        queries: Iterable[Descriptor],
        requests: Iterable[Descriptor],
        responses: Iterable[Descriptor],
        comments: Mapping[str, str],
    ) -> None:
        self._comments = comments
        self._queries = _reached(queries)
        self._inputs = _reached(requests)
        self._outputs = _reached(responses)
        every = self._inputs | self._outputs
        self._ambiguous = {
            name
            for name, count in Counter(kind.name for kind in every.values()).items()
            if count > 1
        }

    def components(self) -> dict[str, Schema]:
        """Return all schemas by name."""
        schemas = {self._name(kind): self._enum(kind) for kind in self._enums()}
        for kind in self._outputs.values():
            schemas[self._name(kind)] = self._message(kind, request=False)
        for kind in self._inputs.values():
            schemas[self._name(kind, request=True)] = self._message(kind, request=True)
        return dict(sorted(schemas.items()))

    def reference(self, kind: Descriptor, *, request: bool) -> Schema:
        """Return a reference to a message's schema."""
        return {"$ref": f"#/components/schemas/{self._name(kind, request=request)}"}

    def body(self, kind: Descriptor, *, without: Collection[str]) -> Schema:
        """Return the schema of a body that holds a message but for some fields."""
        if not without:
            return self.reference(kind, request=True)
        schema = self._message(kind, request=True)
        members = schema["properties"].items()
        schema["properties"] = {name: member for name, member in members if name not in without}
        schema["required"] = [name for name in schema.get("required", ()) if name not in without]
        return schema

    def field(self, field: FieldDescriptor, *, request: bool) -> Schema:
        """Return the schema of a field's value, without its description."""
        constraints = constraints_of(field)
        items = constraints.pop("items", {})
        if field.type in _LONG and not request:
            # Bounds of numbers say nothing of strings.
            constraints.clear()
        if field.type in _LONG and constraints.get("exclusiveMinimum") == 0:
            # The bound is of numbers; a string must keep to it too.
            constraints["pattern"] = _POSITIVE
        if (value := value_of_map(field)) is not None:
            members = self._one(value, request=request) | constraints.pop(MEMBERS, {})
            return {"type": "object", MEMBERS: members} | constraints
        one = self._one(field, request=request)
        if not field.is_repeated:
            return one | constraints
        return {"type": "array", "items": one | items} | constraints

    def described(self, field: FieldDescriptor) -> Schema:
        """Return the schema of a field in an answer, with its description."""
        return self.field(field, request=False) | self._described(field)

    def _one(self, field: FieldDescriptor, *, request: bool) -> Schema:
        if field.message_type is not None:
            known = _WELL_KNOWN.get(field.message_type.full_name)
            if known is None:
                return self.reference(field.message_type, request=request)
            asked = _REQUESTED.get(field.message_type.full_name, {}) if request else {}
            return known | asked | _example_of(field)
        if field.enum_type is not None:
            return {"$ref": f"#/components/schemas/{self._name(field.enum_type)}"}
        if field.type in _LONG:
            return {"type": ["string", "integer"] if request else "string"} | _LONG[field.type]
        return _SCALARS[field.type] | _example_of(field)

    def _message(self, kind: Descriptor, *, request: bool) -> Schema:
        required = required_fields_of(kind)
        if not request:
            required |= {field.name for field in kind.fields if not field.has_presence}
        schema: Schema = {"type": "object"} | self._described(kind)
        if kind.fields:
            schema["properties"] = {
                field.name: self.field(field, request=request) | self._described(field)
                for field in kind.fields
            }
        if required:
            schema["required"] = [field.name for field in kind.fields if field.name in required]
        if request:
            schema["additionalProperties"] = False
        return schema

    def _described(self, kind: Descriptor | FieldDescriptor) -> Schema:
        text = self._comments.get(kind.full_name, "")
        if isinstance(kind, Descriptor):
            rules = [f"Rule: {rule}." for rule in message_rules_of(kind)]
            text = "\n\n".join([text, *rules]).strip()
        return {"description": text} if text else {}

    def _enum(self, kind: EnumDescriptor) -> Schema:
        values = [
            f"- `{value.name}`: {self._comments.get(f'{kind.full_name}.{value.name}', '')}"
            for value in kind.values
        ]
        text = "\n".join([self._comments.get(kind.full_name, ""), "", *values])
        return {
            "type": "string",
            "description": text,
            "enum": [value.name for value in kind.values],
        }

    def _enums(self) -> Iterator[EnumDescriptor]:
        for kind in (self._queries | self._inputs | self._outputs).values():
            for field in kind.fields:
                if field.enum_type is not None:
                    yield field.enum_type

    def _name(self, kind: Descriptor | EnumDescriptor, *, request: bool = False) -> str:
        name = kind.name
        if name in self._ambiguous:
            # deltastream.feed.v1.TickBatch and that of enrichment: FeedTickBatch ….
            name = kind.full_name.split(".")[1].capitalize() + name
        if request and kind.full_name in self._outputs:
            return f"{name}Input"
        return name


def _example_of(field: FieldDescriptor) -> Schema:
    return {"examples": [_EXAMPLES[field.name]]} if field.name in _EXAMPLES else {}


def _reached(roots: Iterable[Descriptor]) -> dict[str, Descriptor]:
    found: dict[str, Descriptor] = {}
    waiting = list(roots)
    while waiting:
        kind = waiting.pop()
        if kind.full_name in found or kind.full_name in _WELL_KNOWN:
            continue
        # An entry of a map is no message to anybody but protobuf.
        if not kind.GetOptions().map_entry:
            found[kind.full_name] = kind
        waiting.extend(field.message_type for field in kind.fields if field.message_type)
    return found


def value_of_map(field: FieldDescriptor) -> FieldDescriptor | None:
    """Return the value of a map's entries, a map being an object in JSON; None of other fields."""
    entry = field.message_type
    if entry is None or not entry.GetOptions().map_entry:
        return None
    return entry.fields_by_name["value"]
