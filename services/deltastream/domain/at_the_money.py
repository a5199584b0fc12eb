"""The straddle of a chain at the strike nearest to spot."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.chain_rows import ChainRows
from deltastream.domain.figures import PriceBasis, members
from deltastream.domain.findings import Findings
from deltastream.domain.missing import MissingReason
from deltastream.domain.straddle import straddles, strike_at_the_money

STREET_FACTOR: Final = 0.85
"""The street's estimate of the expected move is this part of the straddle."""


def find_straddle(rows: ChainRows, spot: FloatArray, findings: Findings) -> None:
    """Find the strike at the money, and what its straddle costs.

    Args:
        rows: the chains.
        spot: shape (chains,); NaN is unknown.
        findings: where to.
    """
    money = strike_at_the_money(strikes=rows.strikes, paired=rows.paired, price=spot)
    unknown = np.isnan(money.strike)
    chains = np.arange(len(spot))
    bid, ask, last = (
        np.where(unknown, np.nan, rows.column(name)[:, chains, money.place])
        for name in ("bid", "ask", "last")
    )
    priced = straddles(bid=bid, ask=ask, last=last)

    def no_strike(chain: int) -> MissingReason:
        return MissingReason.NO_SPOT if np.isnan(spot[chain]) else MissingReason.NO_PAIR

    def no_price(chain: int) -> MissingReason:
        return no_strike(chain) if unknown[chain] else MissingReason.NO_PRICE

    findings.state("atm_strike", money.strike, no_strike)
    findings.note("atm_straddle_basis", members(PriceBasis, priced.basis))
    findings.state("atm_call_price", priced.legs[CALL], no_price)
    findings.state("atm_put_price", priced.legs[PUT], no_price)
    findings.state("atm_straddle_price", priced.price, no_price)
    findings.state("expected_move_straddle", STREET_FACTOR * priced.price, no_price)
