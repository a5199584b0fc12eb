"""Reads many small messages of one type as columns.

A chain has a message a leg, and each holds up to two dozen numbers. Asking the generated classes
for them one by one takes longer than everything that is computed of them. But messages in which
the same fields are set have their values at the same places: those of all of them are read at
once. Where fields differ, as in the wings of a chain, there are a few such groups.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.runtime.codec.row_shape import Bytes, RowShape

_MOST_SHAPES: Final = 1024


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads doubles and enumerations of encoded messages.

    It remembers the shapes it has met, up to a bound.

    Attributes:
        columns: the column of each field, by its number; fields that it lacks are passed over.
        codes: which of them are enumerations: absent, they are 0, and absent numbers are NaN.
    """

    columns: Mapping[int, int]
    codes: frozenset[int] = frozenset()
    _shapes: dict[int, list[RowShape]] = field(default_factory=dict)
    _met: int = 0

    def read(self, rows: Sequence[bytes]) -> FloatArray:
        """Return a table of shape (rows, columns).

        Raises:
            InvalidValueError: a message is not encoded as one of ours can be.
        """
        table = np.full((len(rows), len(self.columns)), np.nan)
        table[:, [self.columns[number] for number in self.codes]] = 0.0
        for places, data in _by_length(rows):
            self._read_alike(table, places, data)
        return table

    def _read_alike(self, table: FloatArray, places: NDArray[np.intp], data: Bytes) -> None:
        """Read rows of one length into their places, one shape after the other."""
        while len(data):
            shape, fitting = self._first_shape(data)
            if fitting.all():
                self._take(table, places, shape, data)
                return
            self._take(table, places[fitting], shape, data[fitting])
            places, data = places[~fitting], data[~fitting]

    def _first_shape(self, data: Bytes) -> tuple[RowShape, BoolArray]:
        """Return the shape of the first row, and which rows share it."""
        known = self._shapes.setdefault(data.shape[1], [])
        for shape in known:
            fitting = shape.fits(data)
            if fitting[0]:
                return shape, fitting
        self._met += 1
        if self._met > _MOST_SHAPES:
            self._shapes, self._met = {}, 0
        shape = RowShape.of(data[0].tobytes())
        known.append(shape)
        return shape, shape.fits(data)

    def _take(
        self, table: FloatArray, places: NDArray[np.intp], shape: RowShape, data: Bytes
    ) -> None:
        for fields, values, wanted in (
            (shape.numbers, shape.read_numbers(data), self.columns.keys() - self.codes),
            (shape.codes, shape.read_codes(data), self.codes),
        ):
            chosen = [at for at, number in enumerate(fields) if number in wanted]
            columns = [self.columns[fields[at]] for at in chosen]
            every = len(chosen) == len(fields)
            table[places[:, None], columns] = values if every else values[:, chosen]


def _by_length(rows: Sequence[bytes]) -> Iterator[tuple[NDArray[np.intp], Bytes]]:
    """Return the rows of each length, with their places, as arrays of shape (rows, length)."""
    lengths = list(map(len, rows))
    if len(set(lengths)) == 1:
        yield np.arange(len(rows)), _as_bytes(rows)
        return
    places: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        places.setdefault(length, []).append(place)
    for chosen in places.values():
        yield np.array(chosen, dtype=np.intp), _as_bytes([rows[place] for place in chosen])


def _as_bytes(rows: Sequence[bytes]) -> Bytes:
    """Return rows of one length as an array of shape (rows, length)."""
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1)
