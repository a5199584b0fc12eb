"""The legs of a chain as bytes.

Layout 1: a header of 8 bytes, then the columns one after another, all little-endian. The header is
the layout's number and the number of columns (16 bits each) and the number of strikes (32 bits); a
column is as many IEEE 754 doubles as there are strikes. Columns stand in the order of LEG_COLUMNS,
to which new ones are appended: bytes that have fewer stay readable, and what they do not have was
not stated.
"""

import struct
from operator import attrgetter
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import LEG_COLUMNS, Legs

_LAYOUT: Final = 1
_HEADER: Final = struct.Struct("<HHI")
_DOUBLE: Final = np.dtype("<f8")
_columns_of: Final = attrgetter(*LEG_COLUMNS)

NO_LEGS: Final = Legs.from_table(np.empty((0, len(LEG_COLUMNS))))
"""What stands for the legs of a chain that was read without them."""


def encode_legs(legs: Legs) -> bytes:
    """Write legs as bytes."""
    columns = _columns_of(legs)
    header = _HEADER.pack(_LAYOUT, len(columns), len(legs))
    return header + np.concatenate(columns, dtype=_DOUBLE).tobytes()


def decode_legs(encoded: bytes) -> Legs:
    """Read what `encode_legs` wrote, in this or an earlier version. The arrays are read-only.

    Raises:
        ValueError: a later version wrote the bytes.
    """
    layout, columns, strikes = _HEADER.unpack_from(encoded)
    if layout != _LAYOUT or columns > len(LEG_COLUMNS):
        raise ValueError(f"legs of layout {layout} with {columns} columns are of a later version")
    stored = np.frombuffer(encoded, _DOUBLE, offset=_HEADER.size).reshape(columns, strikes)
    return Legs.from_table(_all_columns(stored).T)


def _all_columns(stored: FloatArray) -> FloatArray:
    """Add the columns that did not exist when these were stored."""
    columns, strikes = stored.shape
    if columns == len(LEG_COLUMNS):
        return stored
    not_stated = np.full((len(LEG_COLUMNS) - columns, strikes), np.nan)
    return np.concatenate([stored, not_stated])
