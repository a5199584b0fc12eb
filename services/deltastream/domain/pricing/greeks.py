"""How the value of an option changes, in the units in which it is shown."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.derivatives import Derivatives

_DAY: Final = 1.0 / 365.0
_POINT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Greeks:
    """Greeks in display units; arrays of one shape. NaN is what could not be computed.

    Attributes:
        delta: change of the price per 1 of the underlying: of the forward by Black-76, of spot
            by Black-Scholes.
        gamma: change of delta per 1 of the underlying.
        theta: change of the price per calendar day that passes.
        vega: change of the price per volatility point.
        rho: change of the price per 1 % of interest rate.
        vanna: change of delta per volatility point.
        volga: change of vega, itself per point, per volatility point.
        charm: change of delta per calendar day that passes.
    """

    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray
    vanna: FloatArray
    volga: FloatArray
    charm: FloatArray

    def at(self, places: slice) -> Self:
        """Return those of some places along the last axis."""
        return type(self)(
            **{name: getattr(self, name)[..., places] for name in Derivatives._fields}
        )


_UNITS: Final = np.array([1.0, 1.0, _DAY, _POINT, _POINT, _POINT, _POINT * _POINT, _DAY])
"""What each derivative is multiplied by, in their order."""


def in_display_units(derivatives: Derivatives, *, shape: tuple[int, ...]) -> Greeks:
    """Return the Greeks as arrays of a shape that all derivatives broadcast to."""
    table = np.empty((len(derivatives), *shape))
    for row, derivative in enumerate(derivatives):
        table[row] = derivative
    table *= _UNITS.reshape(-1, *(1 for _ in shape))
    return Greeks(**{name: table[row, ...] for row, name in enumerate(Derivatives._fields)})
