"""What the smile of a chain says of the chain as a whole."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import CodeArray
from deltastream.domain.figures import ForwardBasis, PriceBasis, members
from deltastream.domain.findings import Findings
from deltastream.domain.missing import MissingReason
from deltastream.domain.priced_chain import PricedChains
from deltastream.domain.smile_shape import shapes_of
from deltastream.domain.straddle import strike_at_the_money

# By whether mids are used, and last trades.
_BY_USE: Final = np.array([[0, PriceBasis.LAST], [PriceBasis.MID, PriceBasis.MIXED]], np.int8)


def find_volatility(priced: PricedChains, findings: Findings) -> None:
    """State what the chains were priced by, and measure their smiles."""
    findings.note("convention", [priced.quoted.convention] * len(priced.quoted.rate))
    findings.note("rate", priced.quoted.rate.tolist())
    findings.note("price_basis", members(PriceBasis, _basis(priced)))
    findings.state("years_to_expiry", priced.quoted.years, MissingReason.NO_EXPIRY_TIME)
    _find_forward(priced, findings)
    _find_shape(priced, findings)


def _basis(priced: PricedChains) -> CodeArray:
    """Say which prices the volatilities come from; 0 of a chain that has none."""
    basis, listed = priced.smiles.basis, priced.quoted.rows.listed
    mid = ((basis == PriceBasis.MID) & listed).any(axis=(0, 2))
    last = ((basis == PriceBasis.LAST) & listed).any(axis=(0, 2))
    used: CodeArray = _BY_USE[mid.astype(np.intp), last.astype(np.intp)]
    return used


def _find_forward(priced: PricedChains, findings: Findings) -> None:
    forward, rows = priced.quoted.forwards.price, priced.quoted.rows
    nearest = strike_at_the_money(strikes=rows.strikes, paired=rows.paired, price=forward).strike

    def no_pair(chain: int) -> MissingReason:
        return (
            priced.quoted.no_forward(chain) if np.isnan(forward[chain]) else MissingReason.NO_PAIR
        )

    findings.note("forward_basis", members(ForwardBasis, priced.quoted.forwards.basis))
    findings.state("forward", forward, priced.quoted.no_forward)
    findings.state("atm_forward_strike", nearest, no_pair)


def _find_shape(priced: PricedChains, findings: Findings) -> None:
    forward = priced.quoted.forwards.price
    shapes = shapes_of(priced.smiles, strikes=priced.quoted.rows.strikes, forward=forward)
    level = shapes.at_the_money

    def no_shape(chain: int) -> MissingReason:
        return _no_volatility(priced, chain) or MissingReason.OUTSIDE_RANGE

    findings.state("atm_iv", level, no_shape)
    findings.state("expected_move", forward * level * np.sqrt(priced.quoted.years), no_shape)
    findings.state("risk_reversal_25d", shapes.risk_reversal, no_shape)
    findings.state("butterfly_25d", shapes.butterfly, no_shape)


def _no_volatility(priced: PricedChains, chain: int) -> MissingReason | None:
    """Say why no strike has a volatility, as exactly as all agree on it; None if one has.

    By the NSE convention legs may have one of their own where the leg that their strike stands for
    is not listed.
    """
    if not np.isnan(priced.smiles.by_strike[chain]).all():
        return None
    said = set(priced.smiles.reasons[:, chain][priced.quoted.rows.listed[:, chain]].tolist())
    agreed = len(said) == 1 and 0 not in said
    return MissingReason(said.pop()) if agreed else MissingReason.NO_IMPLIED_VOLATILITY
