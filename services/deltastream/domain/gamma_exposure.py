"""Gamma exposure: how much the dealers must trade when the underlying moves.

It rests on an assumption that no data can confirm: that dealers are long every call and short
every put, because their customers write calls and buy puts.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.put_call_ratio import total
from deltastream.domain.support_resistance import strike_of_most

ASSUMPTION: Final = (
    "Dealers are taken to be long every call and short every put;"
    " who really holds them is not known."
)
ONE_PERCENT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaExposure:
    """Exposure in currency per 1 % move of the underlying, shape (..., strikes).

    Attributes:
        strikes: ascending, at least one.
        calls: at least 0; 0 where there is no open interest or no gamma.
        puts: at most 0, likewise.
    """

    strikes: FloatArray
    calls: FloatArray
    puts: FloatArray

    def of_chain(self, chain: int) -> Self:
        """Return that of one of several chains, shape (strikes,)."""
        return type(self)(
            strikes=self.strikes[chain], calls=self.calls[chain], puts=self.puts[chain]
        )

    @property
    def net(self) -> FloatArray:
        """Calls and puts together, by strike."""
        return self.calls + self.puts

    @property
    def total(self) -> FloatArray:
        """Calls and puts of all strikes together, shape (...)."""
        return total(self.net)

    @property
    def call_wall(self) -> FloatArray:
        """The strike of the greatest exposure of calls, shape (...); NaN when there is none."""
        return strike_of_most(strikes=self.strikes, quantities=self.calls)

    @property
    def put_wall(self) -> FloatArray:
        """The strike of the greatest exposure of puts, shape (...); NaN when there is none."""
        return strike_of_most(strikes=self.strikes, quantities=-self.puts)


def gamma_exposure(
    *,
    strikes: FloatArray,
    gamma: FloatArray,
    open_interest: FloatArray,
    contract_size: FloatArray,
    price: FloatArray,
) -> GammaExposure:
    """Add up gamma * open interest * contract size * price^2 * 0.01 by strike.

    Args:
        strikes: shape (..., strikes), ascending.
        gamma: of calls and puts, per 1 of the underlying squared, shape (2, ..., strikes); NaN is
            none.
        open_interest: shape (2, ..., strikes), in contracts; NaN is none.
        contract_size: units of the underlying in one contract, shape (...).
        price: of that underlying: the forward if gamma is of the forward, else spot; shape (...).
    """
    per_gamma = np.asarray(contract_size * price**2 * ONE_PERCENT)
    exposure = gamma * open_interest * per_gamma[..., None]
    exposure = np.where(np.isnan(exposure), 0.0, exposure)
    return GammaExposure(strikes=strikes, calls=exposure[CALL], puts=0.0 - exposure[PUT])
