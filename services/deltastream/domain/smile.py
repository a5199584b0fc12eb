"""The implied volatilities and Greeks of a chain, by either convention."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray
from deltastream.domain.chain_grid import CALL, IS_CALL, PUT, ChainGrid
from deltastream.domain.forward import Forward
from deltastream.domain.leg_prices import LegPrices
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.black76 import black76
from deltastream.domain.pricing.black_scholes import black_scholes
from deltastream.domain.pricing.greeks import Greeks
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities

ScalarT = TypeVar("ScalarT", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smile:
    """Implied volatilities of all legs of a chain, of shape (2, strikes) unless said otherwise.

    Attributes:
        by_strike: the volatility that each strike stands for, shape (strikes,): that of the leg
            which is out of the money.
        iv: of each leg; NaN where there is none.
        reasons: numbers of MissingReason, 0 where iv is.
        basis: numbers of PriceBasis, 0 where iv is not.
    """

    by_strike: FloatArray
    iv: FloatArray
    reasons: CodeArray
    basis: CodeArray
    greeks: Greeks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuotedStrikes:
    """What the smile of one chain is found from.

    Attributes:
        grid: its strikes.
        prices: of its legs.
        forward: price of the underlying for delivery at expiry.
        rate: interest, continuous, per year.
        years: to expiry, above 0.
    """

    grid: ChainGrid
    prices: LegPrices
    forward: Forward
    rate: float
    years: float


def black76_smiles(chains: Sequence[QuotedStrikes]) -> list[Smile]:
    """Solve each strike's leg that is out of the money; both legs share its volatility.

    Subtracting the intrinsic value of the other leg would leave few digits of its time value.
    Where the leg that is out of the money is not listed, the other one has to speak.

    The strikes of all chains are solved in one go: that saves most of what a call costs, and
    changes no number.
    """
    if not chains:
        return []
    counts = [len(chain.grid.strikes) for chain in chains]
    strikes = np.concatenate([chain.grid.strikes for chain in chains])
    forward, rate, years, discount = np.repeat(
        [
            (chain.forward.price, chain.rate, chain.years, exp(-chain.rate * chain.years))
            for chain in chains
        ],
        counts,
        axis=0,
    ).T
    listed = np.concatenate([chain.grid.listed for chain in chains], axis=1)
    calls = strikes >= forward
    calls ^= ~_at(calls, listed)
    solved = implied_volatilities(
        prices=_at(calls, np.concatenate([chain.prices.price for chain in chains], axis=1)),
        calls=calls,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=discount,
    )
    _, greeks = black76(
        calls=IS_CALL,
        forward=forward,
        strikes=strikes,
        volatility=solved.values,
        years=years,
        rate=rate,
    )
    unpriced = _at(calls, np.concatenate([chain.prices.reasons for chain in chains], axis=1))
    bases = _at(calls, np.concatenate([chain.prices.basis for chain in chains], axis=1))
    reasons = _reasons(unpriced, solved.reasons)
    ends = np.cumsum(counts).tolist()
    return [
        _both_legs(
            values=solved.values[end - count : end],
            reasons=reasons[end - count : end],
            bases=bases[end - count : end],
            greeks=greeks.at(slice(end - count, end)),
        )
        for count, end in zip(counts, ends, strict=True)
    ]


def _both_legs(
    *, values: FloatArray, reasons: CodeArray, bases: CodeArray, greeks: Greeks
) -> Smile:
    """Give both legs of each strike what was found for it."""
    basis = np.where(reasons == 0, bases, np.int8(0))
    return Smile(
        by_strike=values,
        iv=np.array((values, values)),
        reasons=np.array((reasons, reasons)),
        basis=np.array((basis, basis)),
        greeks=greeks,
    )


def nse_smile(chain: QuotedStrikes, *, spot: float) -> Smile:
    """Solve each leg for itself on spot without dividends, as the exchange does."""
    grid, prices = chain.grid, chain.prices
    solved = implied_volatilities(
        prices=prices.price,
        calls=IS_CALL,
        forward=chain.forward.price,
        strikes=grid.strikes,
        years=chain.years,
        discount=exp(-chain.rate * chain.years),
    )
    _, greeks = black_scholes(
        calls=IS_CALL,
        spot=spot,
        strikes=grid.strikes,
        volatility=solved.values,
        years=chain.years,
        rate=chain.rate,
        dividend_yield=0.0,
    )
    reasons = _reasons(prices.reasons, solved.reasons)
    return Smile(
        by_strike=_at(grid.strikes >= chain.forward.price, solved.values),
        iv=solved.values,
        reasons=reasons,
        basis=np.where(reasons == 0, prices.basis, np.int8(0)),
        greeks=greeks,
    )


def no_smile(grid: ChainGrid, reason: MissingReason) -> Smile:
    """Return the smile of a chain that cannot be priced at all."""
    nothing = np.full(grid.listed.shape, np.nan)
    return Smile(
        by_strike=nothing[0],
        iv=nothing,
        reasons=np.full(nothing.shape, np.int8(reason)),
        basis=np.zeros(nothing.shape, dtype=np.int8),
        greeks=Greeks(
            delta=nothing,
            gamma=nothing,
            theta=nothing,
            vega=nothing,
            rho=nothing,
            vanna=nothing,
            volga=nothing,
            charm=nothing,
        ),
    )


def _at(calls: BoolArray, grid: NDArray[ScalarT]) -> NDArray[ScalarT]:
    """Take each strike's call where `calls` is set, else its put."""
    chosen: NDArray[ScalarT] = np.where(calls, grid[CALL], grid[PUT])
    return chosen


def _reasons(unpriced: CodeArray, unsolved: CodeArray) -> CodeArray:
    """Say why there is no price, which explains more than that no price has no volatility."""
    reasons: CodeArray = np.where(unpriced != 0, unpriced, unsolved)
    return reasons
