"""What the smile of a chain says of the chain as a whole."""

from math import sqrt
from typing import Final

import numpy as np

from deltastream.domain.figures import PriceBasis
from deltastream.domain.findings import Findings
from deltastream.domain.missing import MissingReason
from deltastream.domain.priced_chain import PricedChain
from deltastream.domain.smile_shape import shape_of
from deltastream.domain.straddle import strike_at_the_money

_UNLIKE: Final = MissingReason.NO_IMPLIED_VOLATILITY
_OF_THE_SMILE: Final = ("atm_iv", "expected_move", "risk_reversal_25d", "butterfly_25d")


def find_volatility(priced: PricedChain, findings: Findings) -> None:
    """State what the chain was priced by, and measure its smile."""
    findings.note(
        convention=priced.terms.convention,
        rate=priced.terms.rate,
        price_basis=_basis(priced),
    )
    findings.state("years_to_expiry", priced.years, MissingReason.NO_EXPIRY_TIME)
    _find_forward(priced, findings)
    _find_shape(priced, findings)


def _basis(priced: PricedChain) -> PriceBasis | None:
    """Say which prices the volatilities come from."""
    used = set(priced.smile.basis[priced.grid.listed].tolist()) - {0}
    if not used:
        return None
    return PriceBasis(used.pop()) if len(used) == 1 else PriceBasis.MIXED


def _find_forward(priced: PricedChain, findings: Findings) -> None:
    forward = priced.forward
    if forward is None:
        findings.give_up(priced.no_forward, "forward", "atm_forward_strike")
        return
    nearest = strike_at_the_money(
        call_strikes=priced.chain.calls.strikes,
        put_strikes=priced.chain.puts.strikes,
        spot=forward.price,
    )
    findings.note(forward=forward.price, forward_basis=forward.basis)
    findings.state("atm_forward_strike", nearest, MissingReason.NO_PAIR)


def _find_shape(priced: PricedChain, findings: Findings) -> None:
    if priced.forward is None or priced.years is None or np.isnan(priced.smile.by_strike).all():
        findings.give_up(_no_volatility(priced), *_OF_THE_SMILE)
        return
    forward = priced.forward.price
    shape = shape_of(priced.smile, strikes=priced.grid.strikes, forward=forward)
    level = shape.at_the_money
    move = None if level is None else forward * level * sqrt(priced.years)
    figures = (level, move, shape.risk_reversal, shape.butterfly)
    for name, figure in zip(_OF_THE_SMILE, figures, strict=True):
        findings.state(name, figure, MissingReason.OUTSIDE_RANGE)


def _no_volatility(priced: PricedChain) -> MissingReason:
    """Say why no strike has a volatility, as exactly as all of them agree on it."""
    reasons = set(priced.smile.reasons[priced.grid.listed].tolist())
    return MissingReason(reasons.pop() if len(reasons) == 1 else _UNLIKE)
