"""The parts of the protobuf wire format that columns are read from and written to.

See https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from deltastream.domain.errors import InvalidValueError

VARINT: Final = 0
DOUBLE: Final = 1
BYTES: Final = 2
_FIXED_32: Final = 5
DOUBLE_BYTES: Final = 8
_FIXED_BYTES: Final = {DOUBLE: DOUBLE_BYTES, _FIXED_32: 4}
_MORE: Final = 0x80
# Nearly every tag and length is one byte.
_SHORT: Final = tuple(bytes((number,)) for number in range(_MORE))


class WireField(NamedTuple):
    """One field of an encoded message.

    Attributes:
        number: of the field.
        wire_type: how its value is encoded.
        start: where its tag begins.
        value: where its value begins; of a string, behind the length.
        end: where the next field begins.
    """

    number: int
    wire_type: int
    start: int
    value: int
    end: int


def fields_of(message: bytes) -> Iterator[WireField]:
    """Find the fields of an encoded message, in their order.

    Raises:
        InvalidValueError: it has a group, or ends within a field.
    """
    start = 0
    while start < len(message):
        field = _field_at(message, start)
        if field is None or field.end > len(message):
            raise InvalidValueError("legs", "a leg is not encoded as this contract can be")
        yield field
        start = field.end


def _field_at(message: bytes, start: int) -> WireField | None:
    """Read a field's tag, and a string's length; None when there is no such field."""
    try:
        key, value = _read_varint(message, start)
        number, wire_type = key >> 3, key & 7
        if wire_type == VARINT:
            _, end = _read_varint(message, value)
        elif wire_type == BYTES:
            length, value = _read_varint(message, value)
            end = value + length
        else:
            end = value + _FIXED_BYTES[wire_type]
    except (IndexError, KeyError):
        return None
    return WireField(number, wire_type, start, value, end)


def tag(field: int, wire_type: int) -> bytes:
    """Write what stands before a field's value."""
    return varint(field << 3 | wire_type)


def element(field: int, message: bytes) -> bytes:
    """Write an encoded message as an element of a repeated field."""
    return tag(field, BYTES) + varint(len(message)) + message


def varint(number: int) -> bytes:
    """Write a number of at least 0, seven bits a byte, the lowest first."""
    if number < _MORE:
        return _SHORT[number]
    written = bytearray()
    while number >= _MORE:
        written.append(number & 0x7F | _MORE)
        number >>= 7
    written.append(number)
    return bytes(written)


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    """Read a number; return it and where the next byte is."""
    number = shift = 0
    while message[at] >= _MORE:
        number |= (message[at] & 0x7F) << shift
        shift += 7
        at += 1
    return number | message[at] << shift, at + 1
