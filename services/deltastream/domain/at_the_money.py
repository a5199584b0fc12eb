"""The straddle of a chain at the strike nearest to spot."""

from typing import Final

from deltastream.domain.events import OptionChain
from deltastream.domain.findings import Findings
from deltastream.domain.missing import MissingReason
from deltastream.domain.straddle import straddle, strike_at_the_money

STREET_FACTOR: Final = 0.85
"""The street's estimate of the expected move is this part of the straddle."""

_PRICES: Final = (
    "atm_call_price",
    "atm_put_price",
    "atm_straddle_price",
    "expected_move_straddle",
)


def find_straddle(chain: OptionChain, findings: Findings) -> None:
    """Find the strike at the money, and what its straddle costs."""
    if chain.spot_price is None:
        findings.give_up(MissingReason.NO_SPOT, "atm_strike", *_PRICES)
        return
    strike = strike_at_the_money(
        call_strikes=chain.calls.strikes, put_strikes=chain.puts.strikes, spot=chain.spot_price
    )
    if strike is None:
        findings.give_up(MissingReason.NO_PAIR, "atm_strike", *_PRICES)
        return
    priced = straddle(calls=chain.calls, puts=chain.puts, strike=strike)
    street = None if priced.price is None else STREET_FACTOR * priced.price
    findings.note(atm_strike=strike, atm_straddle_basis=priced.basis)
    legs = (None if leg is None else leg.price for leg in (priced.call, priced.put))
    for name, price in zip(_PRICES, (*legs, priced.price, street), strict=True):
        findings.state(name, price, MissingReason.NO_PRICE)
