"""The smile that the quotes of a chain imply, by plain loops over its strikes."""

from math import exp
from statistics import median

import numpy as np

from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities
from deltastream.domain.surface.points import SmilePoints

_SECONDS_PER_YEAR = 365 * 86_400

Quote = tuple[float, float]
"""Bid and ask."""


def smile_of(chain: OptionChain, *, rate: float) -> SmilePoints | None:
    """Imply volatilities from the middle of the quotes out of the money; None when expired."""
    assert chain.expires_at is not None
    years = (chain.expires_at - chain.timestamp).total_seconds() / _SECONDS_PER_YEAR
    if years <= 0:
        return None
    calls, puts = _two_sided(chain.calls), _two_sided(chain.puts)
    forward = _forward(chain, calls, puts, growth=exp(rate * years))
    if forward is None:
        return None
    out_of_the_money = {
        strike: (quote, True) for strike, quote in calls.items() if strike >= forward
    }
    out_of_the_money |= {
        strike: (quote, False) for strike, quote in puts.items() if strike < forward
    }
    rows = [
        (strike, (bid + ask) / 2, ask - bid, is_call)
        for strike, ((bid, ask), is_call) in sorted(out_of_the_money.items())
        if ask - bid <= max(0.5 * (bid + ask) / 2, 0.005 * strike)
    ]
    strikes, middles, spreads, are_calls = (
        np.array(column) for column in (zip(*rows, strict=True) if rows else [[]] * 4)
    )
    solved = implied_volatilities(
        prices=middles,
        calls=are_calls.astype(np.bool_),
        forward=forward,
        strikes=strikes,
        years=years,
        discount=exp(-rate * years),
    )
    return SmilePoints(
        expiry=chain.expiry,
        forward=forward,
        years=years,
        strikes=strikes,
        ivs=solved.values,
        spreads=spreads,
    )


def _two_sided(legs: Legs) -> dict[float, Quote]:
    rows = zip(legs.strikes.tolist(), legs.bid.tolist(), legs.ask.tolist(), strict=True)
    return {strike: (bid, ask) for strike, bid, ask in rows if 0 < bid <= ask}


def _forward(
    chain: OptionChain, calls: dict[float, Quote], puts: dict[float, Quote], *, growth: float
) -> float | None:
    """Return the median of put-call parity at the five pairs nearest to spot."""
    spot = chain.spot_price
    assert spot is not None
    pairs = sorted(calls.keys() & puts.keys(), key=lambda strike: abs(strike - spot))[:5]
    implied = [strike + growth * (sum(calls[strike]) - sum(puts[strike])) / 2 for strike in pairs]
    return median(implied) if implied else None
