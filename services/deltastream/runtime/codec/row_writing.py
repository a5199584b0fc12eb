"""Writes columns as many small messages, the counterpart of `rows`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.runtime.codec.wire import BYTES, DOUBLE, DOUBLE_BYTES, VARINT, tag, varint


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFields:
    """Which fields are written, in the order of the columns they come from.

    Attributes:
        numbers: doubles, by field number.
        codes: enumerations of less than 128 values, by field number, after the numbers.
    """

    numbers: tuple[int, ...]
    codes: tuple[int, ...] = ()


def write_rows(
    beginnings: Sequence[bytes], table: FloatArray, fields: RowFields, *, elements: Sequence[int]
) -> list[bytes]:
    """Return messages as elements of repeated fields: each its beginning, then what is set.

    Args:
        beginnings: what each message has already, encoded.
        table: of shape (beginnings, numbers and codes); NaN is an absent number, 0 an absent code.
        fields: where the columns belong.
        elements: for each message the number, at most 15, of the field it is an element of.
    """
    count = len(fields.numbers)
    present = np.concatenate((~np.isnan(table[:, :count]), table[:, count:] != 0.0), axis=1)
    # Of fields up to 15 the tag is one byte.
    tags = np.array([number << 3 | BYTES for number in elements], dtype=np.uint8)
    written: list[bytes] = [b""] * len(beginnings)
    for places in _kinds(beginnings, present):
        first = places[0]
        template = _template(fields, len(beginnings[first]), present[first].tobytes())
        joined = b"".join([beginnings[place] for place in places])
        rows = template.fill(tags[places], joined, table[places])
        encoded, length = rows.tobytes(), rows.shape[1]
        for number, place in enumerate(places):
            written[place] = encoded[number * length : (number + 1) * length]
    return written


def _kinds(beginnings: Sequence[bytes], present: BoolArray) -> Iterable[list[int]]:
    """Return the places of the messages that have the same layout, kind by kind."""
    lengths = list(map(len, beginnings))
    if len(set(lengths)) == 1 and (present == present[0]).all():
        return [list(range(len(lengths)))]
    patterns = (present @ (1 << np.arange(present.shape[1]))).tolist()
    kinds: dict[tuple[int, int], list[int]] = {}
    for place, kind in enumerate(zip(lengths, patterns, strict=True)):
        kinds.setdefault(kind, []).append(place)
    return kinds.values()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Template:
    """A row with everything but its values.

    Attributes:
        row: lengths and the tags of fields in their places, and zeros for the rest.
        beginning: where the beginning stands.
        numbers, numbers_at: the columns of the numbers, and eight places each.
        codes, codes_at: the columns of the codes, and one place each.
    """

    row: NDArray[np.uint8]
    beginning: slice
    numbers: list[int]
    numbers_at: NDArray[np.intp]
    codes: list[int]
    codes_at: list[int]

    @classmethod
    def of(cls, fields: RowFields, length: int, present: Sequence[bool]) -> Self:
        """Lay out a row whose beginning has a length, and of whose columns some are present."""
        count = len(fields.numbers)
        numbers = [column for column in range(count) if present[column]]
        codes = [column for column in range(count, len(present)) if present[column]]
        row, starts, codes_at = bytearray(length), [], []
        for column in numbers:
            row += tag(fields.numbers[column], DOUBLE)
            starts.append(len(row))
            row += bytes(DOUBLE_BYTES)
        for column in codes:
            row += tag(fields.codes[column - count], VARINT)
            codes_at.append(len(row))
            row += bytes(1)
        header = bytes(1) + varint(len(row))
        places = np.array(starts, dtype=np.intp)[:, None] + np.arange(DOUBLE_BYTES)
        return cls(
            row=np.frombuffer(header + row, dtype=np.uint8),
            beginning=slice(len(header), len(header) + length),
            numbers=numbers,
            numbers_at=places.ravel() + len(header),
            codes=codes,
            codes_at=[at + len(header) for at in codes_at],
        )

    def fill(
        self, tags: NDArray[np.uint8], beginnings: bytes, table: FloatArray
    ) -> NDArray[np.uint8]:
        """Return one row for each row of the table."""
        rows = np.empty((len(table), len(self.row)), dtype=np.uint8)
        rows[:] = self.row
        rows[:, 0] = tags
        start, stop = self.beginning.start, self.beginning.stop
        rows[:, start:stop] = np.frombuffer(beginnings, dtype=np.uint8).reshape(len(table), -1)
        numbers = np.ascontiguousarray(table[:, self.numbers], dtype="<f8")
        rows[:, self.numbers_at] = numbers.view(np.uint8)
        rows[:, self.codes_at] = table[:, self.codes]
        return rows


@lru_cache(maxsize=1024)
def _template(fields: RowFields, length: int, pattern: bytes) -> _Template:
    return _Template.of(fields, length, np.frombuffer(pattern, dtype=np.bool_).tolist())
