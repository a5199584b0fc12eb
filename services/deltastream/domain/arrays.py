"""The arrays that the mathematics runs on."""

from math import isnan
from typing import SupportsFloat, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Numbers; NaN marks what is absent. It never leaves the process."""

CodeArray = NDArray[np.int8]
"""Numbers of an enumeration's members; 0 is none of them."""

BoolArray = NDArray[np.bool_]
"""Yes or no."""

PlaceArray = NDArray[np.intp]
"""Places along an axis."""

ScalarT = TypeVar("ScalarT", bound=np.generic)


def known(number: SupportsFloat) -> float | None:
    """Return one number of an array, None where it is absent."""
    plain = float(number)
    return None if isnan(plain) else plain


def pick(values: NDArray[ScalarT], places: PlaceArray) -> NDArray[ScalarT]:
    """Take one element along the last axis.

    Args:
        values: shape (..., n), n at least 1.
        places: shape (...), which of the n; -1 is the last.

    Returns:
        Shape (...).
    """
    rows = values.reshape(-1, values.shape[-1])
    return rows[np.arange(len(rows)), places.ravel()].reshape(places.shape)


def last_marked_before(marks: BoolArray) -> PlaceArray:
    """Return where the last mark before each place is, -1 where there is none; shape of the marks.

    Args:
        marks: shape (..., n).
    """
    latest = np.full(marks.shape, -1, dtype=np.intp)
    marked = np.where(marks, np.arange(marks.shape[-1]), -1)
    np.maximum.accumulate(marked[..., :-1], axis=-1, out=latest[..., 1:])
    return latest
