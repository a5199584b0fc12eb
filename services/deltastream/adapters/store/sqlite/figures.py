"""What was computed of a chain's legs, as bytes.

Layout 1, little-endian: a header of 8 bytes, then the columns one after another. The header is the
layout's number (16 bits), how many columns of numbers and how many of codes (8 bits each), and the
number of strikes (32 bits). The columns of FIGURE_COLUMNS come first, an IEEE 754 double a strike;
then those of FIGURE_CODES, a signed byte a strike.
"""

import struct
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures

_HEADER: Final = struct.Struct("<HBBI")
_FORMAT: Final = (1, len(FIGURE_COLUMNS), len(FIGURE_CODES))
_DOUBLE: Final = np.dtype("<f8")
_BYTE: Final = np.dtype("<i1")
_numbers_of: Final = attrgetter(*FIGURE_COLUMNS)
_codes_of: Final = attrgetter(*FIGURE_CODES)


def encode_figures(figures: LegFigures) -> bytes:
    """Write figures as bytes."""
    return (
        _HEADER.pack(*_FORMAT, len(figures))
        + np.concatenate(_numbers_of(figures), dtype=_DOUBLE).tobytes()
        + np.concatenate(_codes_of(figures), dtype=_BYTE).tobytes()
    )


def decode_figures(encoded: bytes | None, *, count: int) -> LegFigures:
    """Read what `encode_figures` wrote; the arrays are read-only.

    Args:
        encoded: the bytes; None of a chain that was stored before figures were.
        count: how many legs there are.

    Raises:
        ValueError: another version wrote the bytes.
    """
    if encoded is None:
        return LegFigures.none(count)
    *written, strikes = _HEADER.unpack_from(encoded)
    if tuple(written) != _FORMAT:
        raise ValueError(f"figures of format {written} are of another version")
    numbers = np.frombuffer(
        encoded, _DOUBLE, count=len(FIGURE_COLUMNS) * strikes, offset=_HEADER.size
    )
    codes = np.frombuffer(encoded, _BYTE, offset=_HEADER.size + numbers.nbytes)
    return LegFigures(
        **_columns(FIGURE_COLUMNS, numbers, strikes), **_columns(FIGURE_CODES, codes, strikes)
    )


def _columns(names: Sequence[str], stored: NDArray[Any], strikes: int) -> dict[str, NDArray[Any]]:
    return dict(zip(names, stored.reshape(len(names), strikes), strict=True))
