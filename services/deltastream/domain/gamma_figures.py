"""The gamma exposure of a chain: by strike, and in the few figures that traders look at."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.figures import PricingConvention
from deltastream.domain.findings import Findings
from deltastream.domain.gamma_exposure import GammaExposure, gamma_exposure
from deltastream.domain.gamma_profile import GammaProfile
from deltastream.domain.missing import MissingReason
from deltastream.domain.priced_chain import PricedChain

_SIGNS: Final = np.array([[1.0], [-1.0]])
_WALLS: Final = ("call_wall", "put_wall")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainGamma:
    """The exposure of one chain.

    Attributes:
        contract_size: units of the underlying in one contract; 1 stands in where it is unknown,
            which changes no wall and no sign.
        spot: the price that multiples in the profile are of.
    """

    exposure: GammaExposure
    profile: GammaProfile
    contract_size: float | None
    spot: float


def chain_gamma(priced: PricedChain) -> ChainGamma | None:
    """Return the exposure of a chain; None when none of its options has a gamma."""
    forward, years = priced.forward, priced.years
    if forward is None or years is None or np.isnan(priced.smile.iv).all():
        return None
    open_interest = priced.grid.column("open_interest")
    exposure = gamma_exposure(
        strikes=priced.grid.strikes,
        gamma=priced.smile.greeks.gamma,
        open_interest=open_interest,
        contract_size=priced.terms.contract_size or 1.0,
        price=priced.delta_price(forward),
    )
    return ChainGamma(
        exposure=exposure,
        profile=_profile(priced, forward.price, years, open_interest),
        contract_size=priced.terms.contract_size,
        spot=priced.spot(forward),
    )


def _profile(
    priced: PricedChain, forward: float, years: float, open_interest: FloatArray
) -> GammaProfile:
    """Prepare the profile, netting calls and puts that share a volatility."""
    contracts = _SIGNS * np.where(np.isnan(open_interest), 0.0, open_interest)
    strikes, volatility = priced.grid.strikes, priced.smile.by_strike
    if priced.terms.convention is PricingConvention.NSE:
        strikes, volatility = np.tile(strikes, 2), priced.smile.iv.ravel()
        contracts = contracts.ravel()
    else:
        contracts = contracts.sum(axis=0)
    return GammaProfile.of(
        strikes=strikes,
        volatility=volatility,
        contracts=contracts,
        forward=forward,
        years=years,
        discount=priced.discount,
        contract_size=priced.terms.contract_size or 1.0,
    )


def find_gamma(priced: PricedChain, findings: Findings) -> None:
    """Find net exposure, walls and the price at which the sign changes."""
    findings.state("contract_size", priced.terms.contract_size, MissingReason.NO_CONTRACT_SIZE)
    gamma = chain_gamma(priced)
    if gamma is None:
        findings.give_up(
            MissingReason.NO_IMPLIED_VOLATILITY, "net_gamma_exposure", *_WALLS, "zero_gamma"
        )
        return
    exposure = gamma.exposure
    net = None if gamma.contract_size is None else float(exposure.net.sum())
    findings.state("net_gamma_exposure", net, MissingReason.NO_CONTRACT_SIZE)
    for name, wall in zip(_WALLS, (exposure.call_wall, exposure.put_wall), strict=True):
        findings.state(name, wall, MissingReason.NO_OPEN_INTEREST_ON_SIDE)
    multiple = gamma.profile.sign_change()
    findings.state(
        "zero_gamma",
        None if multiple is None else multiple * gamma.spot,
        MissingReason.NO_SIGN_CHANGE,
    )
