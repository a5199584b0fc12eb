"""Finds the values of cells in messages."""

from collections.abc import Callable
from math import isfinite
from operator import attrgetter
from typing import Any, Final

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.edge.proto_json.times import timestamp_text
from deltastream.edge.tables.columns import Cell

Reader = Callable[[Any], Cell]

_UNSTATED: Final = 0


def figure(name: str) -> Reader:
    """Return a reader of a field with a single value: None where it is absent, never 0."""

    def read(message: Message) -> Cell:
        value: Cell = getattr(message, name)
        # What is not the default is there, and asking that is faster.
        if not value and _is_absent(message, name):
            return None
        return finite(value) if isinstance(value, float) else value

    return read


def _is_absent(message: Message, name: str) -> bool:
    return message.DESCRIPTOR.fields_by_name[name].has_presence and not message.HasField(name)


def finite(number: float) -> float | None:
    """Return a number, or None for what JSON has no number for."""
    return number if isfinite(number) else None


def attribute(name: str) -> Reader:
    """Return a reader of what a row holds itself."""
    value_of = attrgetter(name)

    def read(row: Any) -> Cell:
        value: Cell = value_of(row)
        return finite(value) if isinstance(value, float) else value

    return read


def text(name: str) -> Reader:
    """Return a reader of a text: None where it is empty."""
    return lambda message: getattr(message, name) or None


def choice(name: str) -> Reader:
    """Return a reader of an enum by its value's name, without what all its names begin with.

    It is None for what is not stated, and for a number of a newer contract.
    """

    def read(message: Message) -> Cell:
        enum = message.DESCRIPTOR.fields_by_name[name].enum_type
        return None if enum is None else short_name(enum, getattr(message, name))

    return read


def short_name(enum: Any, number: int) -> str | None:
    """Return "LONG_BUILDUP" for BUILDUP_LONG_BUILDUP; None for what says nothing."""
    if number == _UNSTATED or number not in enum.values_by_number:
        return None
    prefix = enum.values_by_number[_UNSTATED].name.removesuffix("UNSPECIFIED")
    name: str = enum.values_by_number[number].name
    return name.removeprefix(prefix)


def moment(name: str) -> Reader:
    """Return a reader of a time as ISO 8601."""
    return lambda message: _of_time(message, name, timestamp_text)


def milliseconds(name: str) -> Reader:
    """Return a reader of a time as milliseconds since 1970."""
    return lambda message: _of_time(message, name, Timestamp.ToMilliseconds)


def _of_time(message: Message, name: str, write: Callable[[Timestamp], Cell]) -> Cell:
    return write(getattr(message, name)) if message.HasField(name) else None


def reasons(message: Any) -> Cell:
    """Return why figures of a message are absent: "pcr_oi: NO_CALL_OPEN_INTEREST"."""
    return "; ".join(f"{each.field}: {reason_name(each)}" for each in message.missing) or None


def reason_name(missing: Any) -> str:
    """Return the name of the reason of a MissingValue."""
    enum = missing.DESCRIPTOR.fields_by_name["reason"].enum_type
    return short_name(enum, missing.reason) or "UNKNOWN"


def within(path: str, read: Reader) -> Reader:
    """Return a reader of what is inside a part of a row: "call" and its bid.

    It is None where a row does not have that part.
    """
    part_of = attrgetter(path)

    def read_part(row: Any) -> Cell:
        part = part_of(row)
        return None if part is None else read(part)

    return read_part
