"""JSON values as protobuf messages.

It accepts what canonical proto JSON allows: names in snake_case or lowerCamelCase, null for an
absent field, 64-bit integers as strings or numbers, enums by name or number. It refuses what
would otherwise be lost without a word: unknown fields and a field given twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from deltastream.edge.errors.request_errors import (
    MalformedValueError,
    RequestError,
    UnknownFieldError,
)
from deltastream.edge.reading.json_values import json_reader_of
from deltastream.edge.reading.time_values import read_seconds, read_timestamp

_Writer = Callable[[Message, Any], None]

_TIMES: Mapping[str, Callable[[Any, str], None]] = {
    "google.protobuf.Timestamp": read_timestamp,
    "google.protobuf.Duration": read_seconds,
}


def read_json(message: Message, value: Any) -> None:
    """Fill a message in from a decoded JSON value.

    Raises:
        RequestError: the value does not fit the message.
    """
    try:
        _reader_of(message.DESCRIPTOR)(message, value)
    except ValueError as error:
        raise MalformedValueError("", str(error)) from None


@cache
def _reader_of(descriptor: Descriptor) -> _Writer:
    if descriptor.full_name in _TIMES:
        return _time_reader(_TIMES[descriptor.full_name])
    if descriptor.file.package == "google.protobuf":
        return _read_well_known
    return _MessageReader(descriptor)


def _time_reader(read: Callable[[Any, str], None]) -> _Writer:
    def write(message: Message, value: Any) -> None:
        if not isinstance(value, str):
            raise ValueError("must be a string")  # noqa: TRY004 - as everywhere among readers
        read(message, value)

    return write


def _read_well_known(message: Message, value: Any) -> None:
    try:
        json_format.ParseDict(value, message)
    except (json_format.ParseError, TypeError):
        raise ValueError(f"must be a {message.DESCRIPTOR.full_name} in JSON") from None


@dataclass(frozen=True, slots=True)
class _Entry:
    """What to do with a member of a JSON object.

    Attributes:
        name: the field's name in the contract.
        place: what only one member may fill: the field, or its oneof.
        write: puts the member's value into a message.
    """

    name: str
    place: str
    write: _Writer


class _MessageReader:
    """Reads JSON objects as messages of one type."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._entries: dict[str, _Entry] = {}

    def __call__(self, message: Message, value: Any) -> None:
        if not isinstance(value, dict):
            raise MalformedValueError("", "must be a JSON object")
        # Made on first use, because messages may contain each other.
        entries = self._entries or self._make_entries()
        taken: set[str] = set()
        for name, item in value.items():
            entry = entries.get(name)
            if entry is None:
                raise UnknownFieldError(name, self._descriptor.fields_by_name, kind="field")
            if item is None:
                continue
            if entry.place in taken:
                raise MalformedValueError(
                    entry.name, "is given a second time, or beside its alternative"
                )
            taken.add(entry.place)
            try:
                entry.write(message, item)
            except RequestError as error:
                error.inside(entry.name)
                raise
            except ValueError as error:
                raise MalformedValueError(entry.name, str(error)) from None

    def _make_entries(self) -> dict[str, _Entry]:
        for field in self._descriptor.fields:
            group = field.containing_oneof
            place = field.name if group is None else group.name
            entry = _Entry(field.name, place, _writer_of(field))
            self._entries |= {field.name: entry, field.json_name: entry}
        return self._entries


def _writer_of(field: FieldDescriptor) -> _Writer:
    if _is_map(field):
        return _map_writer(field)
    if field.is_repeated:
        return _list_writer(field)
    name = field.name
    if field.message_type is not None:
        read_message = _reader_of(field.message_type)

        def write_message(message: Message, item: Any) -> None:
            child = getattr(message, name)
            child.SetInParent()
            read_message(child, item)

        return write_message
    read_value = json_reader_of(field)
    return lambda message, item: setattr(message, name, read_value(item))


def _list_writer(field: FieldDescriptor) -> _Writer:
    append = _appender_of(field)

    def write(message: Message, items: Any) -> None:
        if not isinstance(items, list):
            raise ValueError("must be a JSON array")  # noqa: TRY004 - as everywhere among readers
        container = getattr(message, field.name)
        for index, item in enumerate(items):
            try:
                append(container, item)
            except RequestError as error:
                error.inside(f"[{index}]")
                raise
            except ValueError as error:
                raise MalformedValueError(f"[{index}]", str(error)) from None

    return write


def _appender_of(field: FieldDescriptor) -> Callable[[Any, Any], None]:
    if field.message_type is None:
        read_value = json_reader_of(field)
        return lambda container, item: container.append(read_value(item))
    read_message = _reader_of(field.message_type)
    return lambda container, item: read_message(container.add(), item)


def _map_writer(field: FieldDescriptor) -> _Writer:
    def write(message: Message, members: Any) -> None:
        try:
            json_format.ParseDict({field.name: members}, message)
        except json_format.ParseError:
            raise ValueError("must be a JSON object whose members fit the field") from None

    return write


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
