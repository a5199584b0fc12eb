"""Single JSON values as values of protobuf fields, by the rules of canonical proto JSON.

Every reader takes a decoded JSON value and raises ValueError with the end of a sentence that
begins with the field's name. No sentence repeats the value: it may be a secret.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from deltastream.edge.reading.text_values import (
    INTEGER_RANGES,
    NOT_FINITE,
    bytes_of,
    double_of,
    no_such_name,
    single_of,
)

JsonReader = Callable[[Any], Any]

_INT32: Final = INTEGER_RANGES[FieldDescriptor.TYPE_INT32]
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,400})(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,9})?")
# From here on, a number that is written with a fraction or an exponent may have been rounded.
_ROUNDED: Final = 1 << 53
# No integer of protobuf has more.
_DIGITS: Final = 20


def json_reader_of(field: FieldDescriptor) -> JsonReader:
    """Return what reads one value of a field that is no message."""
    if field.type in INTEGER_RANGES:
        return partial(_integer, allowed=INTEGER_RANGES[field.type])
    if field.enum_type is not None:
        return partial(_enum, enum=field.enum_type)
    return _READERS[field.type]


def _integer(value: Any, *, allowed: range) -> int:
    number = _whole(Decimal(value) if _is_number_text(value) else value)
    if number is None or number not in allowed:
        raise ValueError(f"must be a whole number from {allowed.start} to {allowed.stop - 1}")
    return number


def _whole(value: Any) -> int | None:
    """Return a number without a fraction, or None; it is never another than is written."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _ROUNDED else None
    if isinstance(value, Decimal) and value.adjusted() < _DIGITS and value == int(value):
        return int(value)
    return None


def _number(value: Any) -> float:
    if isinstance(value, str):
        return _number_in_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - one kind of error for callers
    return double_of(value)


def _number_in_text(text: str) -> float:
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    if not _is_number_text(text):
        raise ValueError("must be a number that a double can hold")
    return double_of(text)


def _float(value: Any) -> float:
    return single_of(_number(value))


def _enum(value: Any, *, enum: EnumDescriptor) -> int:
    # Unlike a name, a number may be of a newer contract; the service decides.
    number = _whole(value)
    if number is not None and number in _INT32:
        return number
    if not isinstance(value, str) or value not in enum.values_by_name:
        raise no_such_name(enum)
    return enum.values_by_name[value].number


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


def _is_number_text(value: Any) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


_READERS: Final[dict[int, JsonReader]] = {
    FieldDescriptor.TYPE_STRING: _text,
    FieldDescriptor.TYPE_BOOL: _truth,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_DOUBLE: _number,
    FieldDescriptor.TYPE_FLOAT: _float,
}
