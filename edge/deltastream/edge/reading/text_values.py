"""Texts as values of protobuf fields, as paths and query strings carry them.

The rules are grpc-gateway's. Every reader raises ValueError with the end of a sentence that begins
with the field's name. No sentence repeats the text: it may be a secret.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from functools import partial
from math import inf, isfinite
from struct import pack
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

TextReader = Callable[[str], Any]

_SIGNED: Final = re.compile(r"[+-]?[0-9]{1,40}")
_UNSIGNED: Final = re.compile(r"[0-9]{1,40}")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_URL_SAFE: Final = str.maketrans("-_", "+/")
NOT_FINITE: Final = {
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_TRUTHS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "t", "T", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "f", "F", "0"), False),
}
_INT32: Final = range(-(1 << 31), 1 << 31)
_UINT32: Final = range(1 << 32)
_INT64: Final = range(-(1 << 63), 1 << 63)
_UINT64: Final = range(1 << 64)

INTEGER_RANGES: Final = {
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_SINT32: _INT32,
    FieldDescriptor.TYPE_SFIXED32: _INT32,
    FieldDescriptor.TYPE_UINT32: _UINT32,
    FieldDescriptor.TYPE_FIXED32: _UINT32,
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_SFIXED64: _INT64,
    FieldDescriptor.TYPE_UINT64: _UINT64,
    FieldDescriptor.TYPE_FIXED64: _UINT64,
}


def integer_of(text: str, *, allowed: range) -> int:
    """Return a whole number in decimal notation, with a sign if it may be negative."""
    notation = _SIGNED if allowed.start < 0 else _UNSIGNED
    if notation.fullmatch(text) is None or int(text) not in allowed:
        raise ValueError(f"must be a whole number from {allowed.start} to {allowed.stop - 1}")
    return int(text)


def number_of(text: str) -> float:
    """Return a number in decimal or scientific notation, "NaN", "Infinity" or "-Infinity"."""
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("must be a number that a double can hold")
    return double_of(text)


def double_of(number: str | float) -> float:
    """Return a number, or the text of one, as a double."""
    try:
        double = float(number)
    except OverflowError:
        double = inf
    if not isfinite(double):
        raise ValueError("must be a number that a double can hold")
    return double


def single_of(number: float) -> float:
    """Return a double that a float can hold as well, if not as exactly."""
    try:
        pack("<f", number)
    except OverflowError:
        raise ValueError("must be a number that a float can hold") from None
    return number


def truth_of(text: str) -> bool:
    """Return a truth value."""
    try:
        return _TRUTHS[text]
    except KeyError:
        raise ValueError("must be true or false") from None


def bytes_of(text: str) -> bytes:
    """Return the bytes of a base64 text, of either alphabet, with or without all its padding."""
    padded = text if text.endswith("=") else text + "=" * (-len(text) % 4)
    try:
        return b64decode(padded.translate(_URL_SAFE), validate=True)
    except Base64Error:
        raise ValueError("must be base64") from None


def enum_of(text: str, *, enum: EnumDescriptor) -> int:
    """Return the number of an enum's value, given by its name or its number."""
    if text in enum.values_by_name:
        return enum.values_by_name[text].number
    if _SIGNED.fullmatch(text) and int(text) in enum.values_by_number:
        return int(text)
    raise no_such_name(enum)


def no_such_name(enum: EnumDescriptor) -> ValueError:
    """Return the error that says which names an enum has."""
    return ValueError(f"must be one of {', '.join(value.name for value in enum.values)}")


def text_reader_of(field: FieldDescriptor) -> TextReader:
    """Return what reads one value of a field that is no message."""
    if field.type in INTEGER_RANGES:
        return partial(integer_of, allowed=INTEGER_RANGES[field.type])
    if field.enum_type is not None:
        return partial(enum_of, enum=field.enum_type)
    return _READERS[field.type]


_READERS: Final[dict[int, TextReader]] = {
    FieldDescriptor.TYPE_STRING: str,
    FieldDescriptor.TYPE_BOOL: truth_of,
    FieldDescriptor.TYPE_BYTES: bytes_of,
    FieldDescriptor.TYPE_DOUBLE: number_of,
    FieldDescriptor.TYPE_FLOAT: lambda text: single_of(number_of(text)),
}
