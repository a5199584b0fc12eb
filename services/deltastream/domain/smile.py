"""The implied volatilities and Greeks of chains, by either convention."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray, ScalarT
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.pricing.black76 import black76
from deltastream.domain.pricing.black_scholes import black_scholes
from deltastream.domain.pricing.greeks import Greeks
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities
from deltastream.domain.quoted_chains import QuotedChains

_IS_CALL: Final = np.array([True, False])[:, None, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smiles:
    """Implied volatilities of the legs of chains, shape (2, chains, strikes) unless said otherwise.

    Attributes:
        by_strike: the volatility that each strike stands for, shape (chains, strikes): that of the
            leg which is out of the money.
        iv: of each leg; NaN where there is none.
        reasons: numbers of MissingReason, 0 where iv is.
        basis: numbers of PriceBasis, 0 where iv is not.
    """

    by_strike: FloatArray
    iv: FloatArray
    reasons: CodeArray
    basis: CodeArray
    greeks: Greeks


def black76_smiles(quoted: QuotedChains) -> Smiles:
    """Solve each strike's leg that is out of the money; both legs share its volatility.

    Subtracting the intrinsic value of the other leg would leave few digits of its time value.
    Where the leg that is out of the money is not listed, the other one has to speak.
    """
    prices, strikes = quoted.prices, quoted.rows.strikes
    forward, rate, years = _by_chain(quoted)
    calls = strikes >= forward
    calls ^= ~_at(calls, quoted.rows.listed)
    solved = implied_volatilities(
        prices=_at(calls, prices.price),
        calls=calls,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=np.exp(-rate * years),
    )
    _, greeks = black76(
        calls=_IS_CALL,
        forward=forward,
        strikes=strikes,
        volatility=solved.values,
        years=years,
        rate=rate,
    )
    reasons = _reasons(_at(calls, prices.reasons), solved.reasons, quoted)
    basis = np.where(reasons == 0, _at(calls, prices.basis), np.int8(0))
    return Smiles(
        by_strike=solved.values,
        iv=np.array((solved.values, solved.values)),
        reasons=np.array((reasons, reasons)),
        basis=np.array((basis, basis)),
        greeks=greeks,
    )


def nse_smiles(quoted: QuotedChains) -> Smiles:
    """Solve each leg for itself on spot without dividends, as the exchange does."""
    prices, strikes = quoted.prices, quoted.rows.strikes
    forward, rate, years = _by_chain(quoted)
    solved = implied_volatilities(
        prices=prices.price,
        calls=_IS_CALL,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=np.exp(-rate * years),
    )
    _, greeks = black_scholes(
        calls=_IS_CALL,
        spot=quoted.spot[:, None],
        strikes=strikes,
        volatility=solved.values,
        years=years,
        rate=rate,
        dividend_yield=0.0,
    )
    reasons = _reasons(prices.reasons, solved.reasons, quoted)
    return Smiles(
        by_strike=_at(strikes >= forward, solved.values),
        iv=solved.values,
        reasons=reasons,
        basis=np.where(reasons == 0, prices.basis, np.int8(0)),
        greeks=greeks,
    )


def _by_chain(quoted: QuotedChains) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return forward, rate and years, shape (chains, 1); no years where there can be no smile."""
    years = np.where(quoted.solvable, quoted.years, np.nan)
    return quoted.forwards.price[:, None], quoted.rate[:, None], years[:, None]


def _at(calls: BoolArray, grid: NDArray[ScalarT]) -> NDArray[ScalarT]:
    """Take each strike's call where `calls` is set, else its put."""
    chosen: NDArray[ScalarT] = np.where(calls, grid[CALL], grid[PUT])
    return chosen


def _reasons(unpriced: CodeArray, unsolved: CodeArray, quoted: QuotedChains) -> CodeArray:
    """Say why there is no volatility: what holds for the whole chain explains most.

    Then comes why there is no price, which explains more than that no price has no volatility.
    """
    reasons: CodeArray = np.where(unpriced != 0, unpriced, unsolved)
    for chain in np.flatnonzero(~quoted.solvable).tolist():
        reasons[..., chain, :] = quoted.unsolvable(chain)
    return reasons
