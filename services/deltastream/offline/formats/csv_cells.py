"""Fields of a message as the cells of a CSV."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.market.v1 import missing_pb2

_BETWEEN: Final = ";"
"""Stands between the values of one cell."""


def cells_of(message: Message, names: Iterable[str]) -> list[str]:
    """Return the cells of some fields, in the order of their names; empty where one is absent.

    A number that is always stated, such as a total, is there even when it is 0.
    """
    # ListFields walks only what is set, once; HasField and getattr would be two calls a field.
    stated = {field.name: value for field, value in message.ListFields()}
    fields = cast("Descriptor", message.DESCRIPTOR).fields_by_name
    return [
        _cell(fields[name], stated[name]) if name in stated else _unset(fields[name])
        for name in names
    ]


def _cell(field: FieldDescriptor, value: Any) -> str:
    write = _writer(field)
    return _BETWEEN.join(map(write, value)) if field.is_repeated else write(value)


def _unset(field: FieldDescriptor) -> str:
    number = field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE
    return "0" if number and not field.has_presence and not field.is_repeated else ""


@cache
def _writer(field: FieldDescriptor) -> Callable[[Any], str]:
    if field.enum_type is not None:
        values = field.enum_type.values_by_number
        return lambda number: str(values[number].name)
    if field.message_type is not None:
        return _MESSAGES[field.message_type.full_name]
    return _number if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE else str


def _number(number: float) -> str:
    """Write the shortest decimal that reads back as the same number."""
    return repr(number).removesuffix(".0")


def _reason(missing: missing_pb2.MissingValue) -> str:
    return f"{missing.field}={missing_pb2.MissingReason.Name(missing.reason)}"


_MESSAGES: Final[Mapping[str, Callable[[Any], str]]] = {
    Timestamp.DESCRIPTOR.full_name: Timestamp.ToJsonString,
    missing_pb2.MissingValue.DESCRIPTOR.full_name: _reason,
}
"""How the messages that a cell can hold are written."""
