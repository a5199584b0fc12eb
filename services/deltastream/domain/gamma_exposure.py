"""Gamma exposure: how much the dealers must trade when the underlying moves.

It rests on an assumption that no data can confirm: that dealers are long every call and short
every put, because their customers write calls and buy puts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.support_resistance import strike_of_most

ASSUMPTION: Final = (
    "Dealers are taken to be long every call and short every put;"
    " who really holds them is not known."
)
ONE_PERCENT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaExposure:
    """Exposure in currency per 1 % move of the underlying, shape (strikes,).

    Attributes:
        calls: at least 0; 0 where there is no open interest or no gamma.
        puts: at most 0, likewise.
    """

    strikes: FloatArray
    calls: FloatArray
    puts: FloatArray

    @property
    def net(self) -> FloatArray:
        """Calls and puts together, by strike."""
        return self.calls + self.puts

    @property
    def call_wall(self) -> float | None:
        """The strike of the greatest exposure of calls; None when there is none."""
        return strike_of_most(strikes=self.strikes, quantities=self.calls)

    @property
    def put_wall(self) -> float | None:
        """The strike of the greatest exposure of puts; None when there is none."""
        return strike_of_most(strikes=self.strikes, quantities=-self.puts)


def gamma_exposure(
    *,
    strikes: FloatArray,
    gamma: FloatArray,
    open_interest: FloatArray,
    contract_size: float,
    price: float,
) -> GammaExposure:
    """Add up gamma * open interest * contract size * price^2 * 0.01 by strike.

    Args:
        strikes: shape (strikes,), ascending.
        gamma: of calls and puts, per 1 of the underlying squared, shape (2, strikes); NaN is none.
        open_interest: shape (2, strikes), in contracts; NaN is none.
        contract_size: units of the underlying in one contract.
        price: of that underlying: the forward if gamma is of the forward, else spot.
    """
    exposure = gamma * open_interest * (contract_size * price**2 * ONE_PERCENT)
    exposure = np.where(np.isnan(exposure), 0.0, exposure)
    return GammaExposure(strikes=strikes, calls=exposure[0], puts=0.0 - exposure[1])
