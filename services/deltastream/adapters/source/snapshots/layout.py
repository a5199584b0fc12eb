"""How one leg of a file becomes the values of a leg."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from deltastream.adapters.source.snapshots import cleaning
from deltastream.adapters.source.snapshots.snapshot import SnapshotFile
from deltastream.domain.events import LEG_COLUMNS

VALUE_COLUMNS: Final = LEG_COLUMNS[1:]
"""What is read of each leg, in the order of `Legs`: all but the strike."""

Cleaner = Callable[[object], float]
"""Reads a raw value, NaN when absent; raises WildValueError."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where a value stands, and how to read it.

    Attributes:
        spellings: names of the field; the first that is there holds.
    """

    spellings: tuple[str, ...]
    clean: Cleaner


Layout = Mapping[str, Column]
"""Columns by their name in `Legs`. A name left out is not stated by this kind of file."""


def read_values(
    leg: Mapping[str, object], layout: Layout, *, file: SnapshotFile, place: str
) -> tuple[float, ...]:
    """Read a leg's values in the order of VALUE_COLUMNS; NaN where they are absent.

    A wild value is taken for absent and counted in `file`; the leg's other values stay.
    """
    return tuple(
        _read_column(leg, layout[name], file=file, place=place) if name in layout else math.nan
        for name in VALUE_COLUMNS
    )


def read_value(raw: object, clean: Cleaner, *, file: SnapshotFile, place: str) -> float:
    """Read one value, NaN where it is absent or wild; a wild one is counted in `file`."""
    try:
        return clean(raw)
    except cleaning.WildValueError as error:
        file.skip(error.reason, place)
        return math.nan


def _read_column(
    leg: Mapping[str, object], column: Column, *, file: SnapshotFile, place: str
) -> float:
    for spelling in column.spellings:
        if (raw := leg.get(spelling)) is not None:
            return read_value(raw, column.clean, file=file, place=f"{place}.{spelling}")
    return math.nan
