"""Hypothesis strategies for messages of any type, made from their descriptors."""

from collections.abc import Iterator
from typing import Any, Final

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from deltastream.edge.contract import SERVICES
from deltastream.edge.reading.text_values import INTEGER_RANGES

_DEPTH: Final = 4
_UNKNOWN_ENUM_NUMBER: Final = 4711


def contract_messages() -> list[Descriptor]:
    """Return every message type of the contract, by name."""
    files: dict[str, FileDescriptor] = {}
    for service in SERVICES:
        _collect(service.file, files)
    return [
        message
        for _, file in sorted(files.items())
        for _, message in sorted(file.message_types_by_name.items())
    ]


def _collect(file: FileDescriptor, files: dict[str, FileDescriptor]) -> None:
    if file.package.startswith("deltastream."):
        files[file.name] = file
    for other in file.dependencies:
        _collect(other, files)


@st.composite
def messages(draw: st.DrawFn, descriptor: Descriptor, depth: int = _DEPTH) -> Message:
    """Return a message of this type whose fields are there or not, by chance."""
    message = message_factory.GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        _fill(message, draw(st.integers(-62135596800, 253402300799)), draw(_nanos()))
    elif descriptor.full_name == "google.protobuf.Duration":
        sign = draw(st.sampled_from((-1, 1)))
        _fill(message, sign * draw(st.integers(0, 315575999999)), sign * draw(_nanos()))
    else:
        for field in descriptor.fields:
            if draw(st.booleans()):
                _set(draw, message, field, depth)
    return message


def _fill(message: Any, seconds: int, nanos: int) -> None:
    message.seconds, message.nanos = seconds, nanos


def _nanos() -> st.SearchStrategy[int]:
    whole = st.sampled_from((1, 1_000, 1_000_000))
    return st.tuples(st.integers(0, 999), whole).map(lambda pair: pair[0] * pair[1])


def _set(draw: st.DrawFn, message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entries = field.message_type.fields_by_name
        container = getattr(message, field.name)
        for key in draw(st.lists(_values(entries["key"]), max_size=3)):
            container[key] = draw(_values(entries["value"]))
    elif field.message_type is not None:
        if depth:
            _set_message(draw, message, field, depth)
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(_values(field), max_size=3)))
    else:
        setattr(message, field.name, draw(_values(field)))


def _set_message(draw: st.DrawFn, message: Message, field: FieldDescriptor, depth: int) -> None:
    assert field.message_type is not None
    child = messages(field.message_type, depth - 1)
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(child, max_size=3)))
    else:
        getattr(message, field.name).CopyFrom(draw(child))


def _values(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.type in INTEGER_RANGES:
        allowed = INTEGER_RANGES[field.type]
        return st.integers(allowed.start, allowed.stop - 1)
    if field.enum_type is not None:
        return st.sampled_from([*field.enum_type.values_by_number, _UNKNOWN_ENUM_NUMBER])
    return _SCALARS[field.type]


_SCALARS: Final[dict[int, st.SearchStrategy[Any]]] = {
    FieldDescriptor.TYPE_STRING: st.text(max_size=5),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=5),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_DOUBLE: st.floats() | st.sampled_from((0.0, 1.0)),
    FieldDescriptor.TYPE_FLOAT: st.floats(width=32, allow_subnormal=False),
}


def names(descriptors: list[Descriptor]) -> Iterator[str]:
    """Yield what the types are called in a test's name."""
    return (descriptor.full_name for descriptor in descriptors)
