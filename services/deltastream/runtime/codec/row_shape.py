"""Where the values stand in encoded messages that are alike."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.runtime.codec.wire import DOUBLE, DOUBLE_BYTES, VARINT, fields_of

Bytes = NDArray[np.uint8]
_NUMBER: Final = np.dtype("<f8")
_LARGEST_CODE: Final = 0x7F


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowShape:
    """Places within a message, the same in all messages in which the same fields are set.

    Attributes:
        fixed_at, fixed: tags, lengths of strings, and codes of more than a byte, which are none of
            ours: what is the same in all messages of the shape, with its places.
        numbers: which fields are doubles, in the order of their places.
        numbers_at: eight places each.
        codes: which fields are enumerations of one byte.
        codes_at: one place each.
    """

    fixed_at: NDArray[np.intp]
    fixed: Bytes
    numbers: tuple[int, ...]
    numbers_at: NDArray[np.intp]
    codes: tuple[int, ...]
    codes_at: NDArray[np.intp]

    @classmethod
    def of(cls, row: bytes) -> Self:
        """Find the places in an encoded message.

        Raises:
            InvalidValueError: it is not encoded as a message of ours can be.
        """
        fixed_at: list[int] = []
        numbers: dict[int, int] = {}
        codes: dict[int, int] = {}
        for field in fields_of(row):
            fixed_at += range(field.start, field.value)
            if field.wire_type == DOUBLE:
                numbers[field.number] = field.value
            elif field.wire_type == VARINT and field.end == field.value + 1:
                codes[field.number] = field.value
            elif field.wire_type == VARINT:
                fixed_at += range(field.value, field.end)
        places = np.array(fixed_at, dtype=np.intp)
        starts = np.array([*numbers.values()], dtype=np.intp)
        return cls(
            fixed_at=places,
            fixed=np.frombuffer(row, dtype=np.uint8)[places],
            numbers=tuple(numbers),
            numbers_at=(starts[:, None] + np.arange(DOUBLE_BYTES)).ravel(),
            codes=tuple(codes),
            codes_at=np.array([*codes.values()], dtype=np.intp),
        )

    def fits(self, rows: Bytes) -> BoolArray:
        """Say which rows, an array of shape (rows, length of each), are of this shape."""
        tagged = (rows.take(self.fixed_at, axis=1) == self.fixed).all(axis=1)
        coded = (rows.take(self.codes_at, axis=1) <= _LARGEST_CODE).all(axis=1)
        fitting: BoolArray = tagged & coded
        return fitting

    def read_numbers(self, rows: Bytes) -> FloatArray:
        """Return the doubles of rows that fit, of shape (rows, numbers)."""
        # take, unlike indexing, leaves each row's bytes side by side.
        return rows.take(self.numbers_at, axis=1).view(_NUMBER)

    def read_codes(self, rows: Bytes) -> Bytes:
        """Return the codes of rows that fit, of shape (rows, codes)."""
        return rows.take(self.codes_at, axis=1)
