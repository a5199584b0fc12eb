"""Net gamma exposure as a function of the price of the underlying, and where its sign changes."""

from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np

from deltastream.domain.arrays import FloatArray, PlaceArray, last_marked_before
from deltastream.domain.gamma_exposure import ONE_PERCENT

WIDEST: Final = 0.15
"""How far from the present price the sign change is looked for, as a part of it."""

_STEPS: Final = 30
_SIGNIFICANT: Final = 1e-9
_ROOT_TWO_PI: Final = float(np.sqrt(2.0 * np.pi))

# Dense about the present price, where it matters and where short expiries vary quickly.
_EVEN: Final = np.linspace(-1.0, 1.0, 2 * _STEPS + 1)
MULTIPLES: Final[FloatArray] = 1.0 + WIDEST * _EVEN * np.abs(_EVEN)
"""The prices that are tried, as multiples of the present one; 1 is in the middle."""

# Between two of them, where the change has been found, in parts of their distance.
_FINE: Final = np.linspace(0.0, 1.0, 33)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaProfile:
    """The exposure of some options at any price of their underlying, each keeping its volatility.

    Black's gamma of an option times its forward squared is exp(-rT) phi(d1) F / (sigma sqrt(T)),
    and the same seen from spot. Arrays have shape (options, chains): the sums over options go from
    one to the next, so that options without weight, anywhere, change nothing.

    Attributes:
        log_moneyness: ln(forward / strike).
        deviation: volatility times the root of the years to expiry; 1 where the weight is 0.
        weight: contracts over deviation, times all that does not depend on the price; 0 of what is
            left out.
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
        forward: FloatArray,
        years: FloatArray,
        discount: FloatArray,
        contract_size: FloatArray,
    ) -> Self:
        """Prepare the profiles of some chains.

        Args:
            strikes: shape (options, chains).
            volatility: of the same shape; NaN is none, and the option is left out.
            contracts: what dealers hold, puts below 0, of the same shape; NaN or 0 is left out.
            forward: the present forward price, shape (chains,).
            years: time to expiry, above 0, shape (chains,).
            discount: value today of one unit at expiry, shape (chains,).
            contract_size: units of the underlying in one contract, shape (chains,).
        """
        held = ~(np.isnan(contracts) | np.isnan(volatility)) & (contracts != 0.0)
        deviation = np.where(held, volatility * np.sqrt(years), 1.0)
        scale = discount * forward * contract_size * ONE_PERCENT / _ROOT_TWO_PI
        return cls(
            log_moneyness=np.where(held, np.log(forward / strikes), 0.0),
            deviation=deviation,
            weight=np.where(held, contracts * scale / deviation, 0.0),
        )

    def net(self, multiples: FloatArray) -> FloatArray:
        """Return the net exposure, in currency per 1 % move, at multiples of the present price.

        Args:
            multiples: above 0, shape (prices,) or (chains, prices).

        Returns:
            Shape (chains, prices).
        """
        centre = self.log_moneyness / self.deviation + 0.5 * self.deviation
        # In place, because this is most of what a chain takes; and by options first in memory, or
        # the order of the sum would depend on how many chains there are.
        exponents = np.divide(np.log(multiples), self.deviation[..., None], order="C")
        exponents += centre[..., None]
        exponents *= exponents
        exponents *= -0.5
        densities = np.exp(exponents, out=exponents)
        densities *= self.weight[..., None]
        exposures: FloatArray = multiples * densities.sum(axis=0)
        return exposures

    def of_chains(self, chains: PlaceArray) -> Self:
        """Return the profiles of some of the chains."""
        return type(self)(
            log_moneyness=self.log_moneyness[:, chains],
            deviation=self.deviation[:, chains],
            weight=self.weight[:, chains],
        )

    def sign_changes(self) -> FloatArray:
        """Find the multiples of the present price, nearest to 1, at which the sign changes.

        Returns:
            Shape (chains,); NaN where it does not between the least and the greatest of MULTIPLES.
        """
        found = np.full(self.weight.shape[1], np.nan)
        coarse = _nearest_changes(MULTIPLES, self.net(MULTIPLES))
        changing = np.flatnonzero(coarse.below >= 0)
        if len(changing):
            low, high = MULTIPLES[coarse.below[changing]], MULTIPLES[coarse.above[changing]]
            found[changing] = _refined(self.of_chains(changing), low, high)
        return found


class _SignChanges(NamedTuple):
    """Between which places the sign changes, shape (chains,); -1 before where it does not."""

    below: PlaceArray
    above: PlaceArray


def _nearest_changes(multiples: FloatArray, exposures: FloatArray) -> _SignChanges:
    """Find the multiples, nearest to 1, between which the sign changes.

    Where nothing is left of the exposure, far from every strike, it has no sign that matters.

    Args:
        multiples: shape (prices,) or (chains, prices).
        exposures: shape (chains, prices).
    """
    sizes = np.abs(exposures)
    significant = sizes > _SIGNIFICANT * sizes.max(axis=-1, keepdims=True)
    before = last_marked_before(significant)
    rows = np.arange(len(exposures))[:, None]
    positive = exposures > 0.0
    changes = significant & (before >= 0) & (positive != positive[rows, before])
    neighbours = multiples[before] if multiples.ndim == 1 else multiples[rows, before]
    middles = 0.5 * (neighbours + multiples)
    nearest = np.where(changes, np.abs(middles - 1.0), np.inf).argmin(axis=-1)
    rows = rows[:, 0]
    return _SignChanges(np.where(changes[rows, nearest], before[rows, nearest], -1), nearest)


def _refined(profile: GammaProfile, low: FloatArray, high: FloatArray) -> FloatArray:
    """Find the change between two multiples of each chain, shape (chains,)."""
    fine = low[:, None] + (high - low)[:, None] * _FINE
    exposures = profile.net(fine)
    change = _nearest_changes(fine, exposures)
    # Where it shows no more, it is between the ends.
    lost = change.below < 0
    beside = np.array((np.where(lost, 0, change.below), np.where(lost, -1, change.above)))
    rows = np.arange(len(fine))
    low, high = fine[rows, beside]
    below, above = exposures[rows, beside]
    refined: FloatArray = low + (high - low) * below / (below - above)
    return refined
