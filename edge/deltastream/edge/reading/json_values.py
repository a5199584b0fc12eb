"""Single JSON values as values of protobuf fields, by the rules of canonical proto JSON.

Every reader takes a decoded JSON value and raises ValueError with the end of a sentence that
begins with the field's name. No sentence repeats the value: it may be a secret.
"""

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from deltastream.edge.reading.text_values import (
    INTEGER_RANGES,
    bytes_of,
    enum_of,
    integer_of,
    number_of,
)

JsonReader = Callable[[Any], Any]

_INT32: Final = INTEGER_RANGES[FieldDescriptor.TYPE_INT32]


def json_reader_of(field: FieldDescriptor) -> JsonReader:
    """Return what reads one value of a field that is no message."""
    if field.type in INTEGER_RANGES:
        return partial(_integer, allowed=INTEGER_RANGES[field.type])
    if field.enum_type is not None:
        return partial(_enum, enum=field.enum_type)
    return _READERS[field.type]


def _integer(value: Any, *, allowed: range) -> int:
    if isinstance(value, str):
        return integer_of(value, allowed=allowed)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not _is_integer(value) or value not in allowed:
        raise ValueError(f"must be a whole number from {allowed.start} to {allowed.stop - 1}")
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, str):
        return number_of(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - one kind of error for callers
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise ValueError("must be a number that a double can hold")
    return number


def _enum(value: Any, *, enum: EnumDescriptor) -> int:
    # Unlike a name, a number may be of a newer contract; the service decides.
    if _is_integer(value) and value in _INT32:
        return int(value)
    return enum_of(value if isinstance(value, str) else "", enum=enum)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - one kind of error for callers
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - one kind of error for callers
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be Unicode text without lone surrogates") from None
    return value


def _bytes(value: Any) -> bytes:
    return bytes_of(_text(value))


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_READERS: Final[dict[int, JsonReader]] = {
    FieldDescriptor.TYPE_STRING: _text,
    FieldDescriptor.TYPE_BOOL: _truth,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_DOUBLE: _number,
    FieldDescriptor.TYPE_FLOAT: _number,
}
