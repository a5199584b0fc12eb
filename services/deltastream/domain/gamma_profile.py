"""Net gamma exposure as a function of the price of the underlying, and where its sign changes."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.gamma_exposure import ONE_PERCENT

WIDEST: Final = 0.15
"""How far from the present price the sign change is looked for, as a part of it."""

_STEPS: Final = 30
_REFINEMENT: Final = 32
_SIGNIFICANT: Final = 1e-9
_ROOT_TWO_PI: Final = float(np.sqrt(2.0 * np.pi))

# Dense about the present price, where it matters and where short expiries vary quickly.
_EVEN: Final = np.linspace(-1.0, 1.0, 2 * _STEPS + 1)
MULTIPLES: Final[FloatArray] = 1.0 + WIDEST * _EVEN * np.abs(_EVEN)
"""The prices that are tried, as multiples of the present one; 1 is in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaProfile:
    """The exposure of some options at any price of their underlying, each keeping its volatility.

    Black's gamma of an option times its forward squared is exp(-rT) phi(d1) F / (sigma sqrt(T)),
    and the same seen from spot. Arrays have shape (options,).

    Attributes:
        log_moneyness: ln(forward / strike).
        deviation: volatility times the root of the years to expiry.
        weight: contracts over deviation, times all that does not depend on the price.
    """

    log_moneyness: FloatArray
    deviation: FloatArray
    weight: FloatArray

    @classmethod
    def of(
        cls,
        *,
        strikes: FloatArray,
        volatility: FloatArray,
        contracts: FloatArray,
        forward: float,
        years: float,
        discount: float,
        contract_size: float,
    ) -> Self:
        """Prepare the profile of some options.

        Args:
            strikes: shape (options,).
            volatility: shape (options,); NaN is none, and the option is left out.
            contracts: what dealers hold, puts below 0, shape (options,); NaN or 0 is left out.
            forward: the present forward price.
            years: time to expiry, above 0.
            discount: value today of one unit at expiry.
            contract_size: units of the underlying in one contract.
        """
        held = ~(np.isnan(contracts) | np.isnan(volatility)) & (contracts != 0.0)
        deviation = volatility[held] * np.sqrt(years)
        scale = discount * forward * contract_size * ONE_PERCENT / _ROOT_TWO_PI
        return cls(
            log_moneyness=np.log(forward / strikes[held]),
            deviation=deviation,
            weight=contracts[held] * scale / deviation,
        )

    def net(self, multiples: FloatArray) -> FloatArray:
        """Return the net exposure, in currency per 1 % move, at multiples of the present price.

        Args:
            multiples: above 0, shape (prices,).
        """
        moneyness = np.log(multiples)[:, None] + self.log_moneyness
        d1 = moneyness / self.deviation + 0.5 * self.deviation
        exposures: FloatArray = multiples * (np.exp(-0.5 * d1 * d1) @ self.weight)
        return exposures

    def sign_change(self) -> float | None:
        """Return the multiple of the present price, nearest to 1, at which the sign changes.

        Returns:
            None when it does not between the least and the greatest of MULTIPLES.
        """
        coarse = _nearest_change(MULTIPLES, self.net(MULTIPLES))
        if coarse is None:
            return None
        fine = np.linspace(*coarse, _REFINEMENT + 1)
        exposures = self.net(fine)
        low, high = _nearest_change(fine, exposures) or coarse
        below, above = np.interp([low, high], fine, exposures)
        return float(low + (high - low) * below / (below - above))


def _nearest_change(multiples: FloatArray, exposures: FloatArray) -> tuple[float, float] | None:
    """Return the multiples, nearest to 1, between which the sign changes.

    Where nothing is left of the exposure, far from every strike, it has no sign that matters.
    """
    sizes = np.abs(exposures)
    significant = np.flatnonzero(sizes > _SIGNIFICANT * sizes.max(initial=0.0))
    signs = np.sign(exposures[significant])
    changes = np.flatnonzero(signs[:-1] != signs[1:])
    if not len(changes):
        return None
    below, above = multiples[significant[changes]], multiples[significant[changes + 1]]
    nearest = np.argmin(np.abs(0.5 * (below + above) - 1.0))
    return float(below[nearest]), float(above[nearest])
