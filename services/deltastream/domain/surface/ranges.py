"""Where a function of moneyness is negative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_ZOOM_POINTS: Final = 17
_EIGHTHS: Final = np.linspace(0.0, 1.0, 9)
_LEAST_ZOOMS: Final = 5
"""Each zoom on the least value narrows its bracket 8 times: to 1e-4 of the samples' distance, and
the value, which is flat there, to about the square of that."""

_ROOT_ZOOMS: Final = 11
"""Each zoom on a root narrows the bracket 16 times: to 1e-13 of the samples' distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneynessRange:
    """An interval of ln(strike / forward), ends included."""

    low: float
    high: float

    def overlap(self, other: "MoneynessRange") -> "MoneynessRange | None":
        """Return what both ranges cover; None when nothing."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return MoneynessRange(low=low, high=high) if low <= high else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    """The least value of a function, and where it is."""

    at: float
    value: float


def lowest(function: Callable[[FloatArray], FloatArray], samples: FloatArray) -> Lowest:
    """Find the least value between the first and last sample.

    Args:
        function: of arrays of any length.
        samples: ascending, so dense that the least of them lies next to the least of all.
    """
    for _ in range(_LEAST_ZOOMS):
        values = function(samples)
        least = int(np.argmin(values))
        found = Lowest(at=float(samples[least]), value=float(values[least]))
        below, above = samples[max(least - 1, 0)], samples[min(least + 1, len(samples) - 1)]
        # The least so far stays among the samples, wherever it lies between its neighbours.
        left, right = found.at - below, above - found.at
        samples = np.concatenate((below + left * _EIGHTHS[:-1], found.at + right * _EIGHTHS))
    return found


def negative_ranges(
    function: Callable[[FloatArray], FloatArray], samples: FloatArray, *, tolerance: float
) -> tuple[MoneynessRange, ...]:
    """Find the intervals where a function is below `-tolerance`, their ends to rounding.

    Args:
        function: of arrays of any length.
        samples: ascending, so dense that the sign changes at most once between two of them.
        tolerance: what counts as rounding, at least 0.
    """
    negative = function(samples) < -tolerance
    changes = np.flatnonzero(negative[1:] != negative[:-1])
    ends = [_sign_change(function, samples[i], samples[i + 1], tolerance) for i in changes]
    if negative[0]:
        ends.insert(0, float(samples[0]))
    if negative[-1]:
        ends.append(float(samples[-1]))
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return tuple(MoneynessRange(low=low, high=high) for low, high in pairs)


def _sign_change(
    function: Callable[[FloatArray], FloatArray], low: float, high: float, tolerance: float
) -> float:
    """Find where the sign of function + tolerance changes between `low` and `high`."""
    for _ in range(_ROOT_ZOOMS):
        inside = np.linspace(low, high, _ZOOM_POINTS)
        negative = function(inside) < -tolerance
        change = int(np.argmax(negative != negative[0]))
        if change == 0:  # Vector arithmetic may round one point differently in another array.
            break
        low, high = float(inside[change - 1]), float(inside[change])
    return (low + high) / 2.0
