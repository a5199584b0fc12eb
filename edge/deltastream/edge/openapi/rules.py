"""The contract's validation rules as JSON Schema."""

from collections.abc import Callable
from typing import Any, Final

import protovalidate
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration

from buf.validate import validate_pb2

Schema = dict[str, Any]
MEMBERS: Final = "additionalProperties"
"""What a schema of a map says of its values by."""


class UnknownRuleError(Exception):
    """A rule that this module cannot say in JSON Schema; it must not be lost without a word."""


def constraints_of(field: FieldDescriptor) -> Schema:
    """Return what the rules of a field add to its schema.

    Raises:
        UnknownRuleError: a rule is not known here.
    """
    rules = field.GetOptions().Extensions[validate_pb2.field]
    constraints = _constraints(rules, field)
    if rules.ignore == validate_pb2.IGNORE_IF_ZERO_VALUE:
        return _or_empty(constraints, field)
    return constraints


def required_fields_of(descriptor: Descriptor) -> frozenset[str]:
    """Return the fields without which a message breaks a rule.

    They are the ones that the validator itself complains of in an empty message.
    """
    empty = message_factory.GetMessageClass(descriptor)()
    paths = (violation.proto.field for violation in protovalidate.collect_violations(empty))
    # A rule over the whole message has no path.
    return frozenset(path.elements[0].field_name for path in paths if path is not None)


def message_rules_of(descriptor: Descriptor) -> list[str]:
    """Return the rules over several fields of a message, in words."""
    rules = descriptor.GetOptions().Extensions[validate_pb2.message]
    return [rule.message for rule in rules.cel]


def _constraints(rules: validate_pb2.FieldRules, field: FieldDescriptor) -> Schema:
    kind = rules.WhichOneof("type")
    if rules.cel:
        raise UnknownRuleError(f"{field.full_name}: CEL on a field")
    if kind is None:
        return {}
    constraints: Schema = {}
    for rule, value in getattr(rules, kind).ListFields():
        translate = _RULES.get(kind, {}).get(rule.name)
        if translate is None:
            raise UnknownRuleError(f"{field.full_name}: {kind}.{rule.name}")
        constraints |= translate(value, field)
    return constraints


def _or_empty(constraints: Schema, field: FieldDescriptor) -> Schema:
    if list(constraints) != ["pattern"]:
        raise UnknownRuleError(f"{field.full_name}: IGNORE_IF_ZERO_VALUE beside {constraints}")
    return {"pattern": f"^$|{constraints['pattern']}"}


_Translate = Callable[[Any, FieldDescriptor], Schema]


def _as(keyword: str) -> _Translate:
    return lambda value, _: {keyword: value}


def _nothing(_: Any, __: FieldDescriptor) -> Schema:
    """Add nothing: the schema says so already, or JSON Schema cannot say it."""
    return {}


def _characters(size: int, _: FieldDescriptor) -> Schema:
    # A character has at most four bytes in UTF-8.
    return {"minLength": -(-size // 4)}


def _one_of(values: Any, _: FieldDescriptor) -> Schema:
    return {"enum": list(values)}


def _not_in(numbers: Any, field: Any) -> Schema:
    names = [field.enum_type.values_by_number[number].name for number in numbers]
    return {"not": {"enum": names}}


def _items(rules: validate_pb2.FieldRules, field: FieldDescriptor) -> Schema:
    return {"items": _constraints(rules, field)}


def _names(rules: validate_pb2.FieldRules, field: FieldDescriptor) -> Schema:
    return {"propertyNames": _constraints(rules, field)}


def _members(rules: validate_pb2.FieldRules, field: FieldDescriptor) -> Schema:
    return {MEMBERS: _constraints(rules, field)}


def _least_duration(least: Duration, _: FieldDescriptor) -> Schema:
    """Show the least that is allowed: JSON Schema cannot compare durations."""
    return {"examples": [least.ToJsonString()]}


_NUMBER: Final[dict[str, _Translate]] = {
    "gt": _as("exclusiveMinimum"),
    "gte": _as("minimum"),
    "lt": _as("exclusiveMaximum"),
    "lte": _as("maximum"),
    "in": _one_of,
    "finite": _nothing,
}
_RULES: Final[dict[str, dict[str, _Translate]]] = {
    "double": _NUMBER,
    "int32": _NUMBER,
    "int64": _NUMBER,
    "uint64": _NUMBER,
    "string": {
        "pattern": _as("pattern"),
        "min_len": _as("minLength"),
        "max_len": _as("maxLength"),
        "min_bytes": _characters,
        "max_bytes": _as("maxLength"),
        "in": _one_of,
        "email": lambda *_: {"format": "email"},
    },
    "repeated": {
        "min_items": _as("minItems"),
        "max_items": _as("maxItems"),
        "unique": _as("uniqueItems"),
        "items": _items,
    },
    "map": {"max_pairs": _as("maxProperties"), "keys": _names, "values": _members},
    "enum": {"defined_only": _nothing, "not_in": _not_in},
    "duration": {"gte": _least_duration, "lte": _nothing},
}
