"""The gamma exposure of chains: by strike, and in the few figures that traders look at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.figures import PricingConvention
from deltastream.domain.findings import Findings
from deltastream.domain.gamma_exposure import GammaExposure, gamma_exposure
from deltastream.domain.gamma_profile import GammaProfile
from deltastream.domain.missing import MissingReason
from deltastream.domain.priced_chain import PricedChain, PricedChains

_SIGNS: Final = np.array([1.0, -1.0])[:, None, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainGammas:
    """The exposure of some chains; what is not of strikes has shape (chains,).

    Attributes:
        known: whether any of a chain's options has a gamma; exposure is 0 where not.
        exposure: shape (chains, strikes); of one unit of the underlying a contract where contracts
            are of unknown size, which changes no wall and no sign.
        profile: of each chain.
        spot: the price that multiples in the profile are of.
    """

    known: BoolArray
    exposure: GammaExposure
    profile: GammaProfile
    spot: FloatArray

    @property
    def zero_gamma(self) -> FloatArray:
        """The price of the underlying at which the exposure changes sign; NaN where it does not."""
        return np.multiply(self.profile.sign_changes(), self.spot)


def chain_gamma(priced: PricedChain) -> ChainGammas | None:
    """Return the exposure of one chain, as the only one; None when no option has a gamma."""
    with np.errstate(all="ignore"):
        gamma = chain_gammas(priced.alone)
    return gamma if gamma.known[0] else None


def chain_gammas(priced: PricedChains) -> ChainGammas:
    """Return the exposure of chains."""
    open_interest = priced.quoted.rows.column("open_interest")
    contract_size = np.where(
        np.isnan(priced.quoted.contract_size), 1.0, priced.quoted.contract_size
    )
    exposure = gamma_exposure(
        strikes=priced.quoted.rows.strikes,
        gamma=priced.smiles.greeks.gamma,
        open_interest=open_interest,
        contract_size=contract_size,
        price=priced.quoted.delta_price,
    )
    return ChainGammas(
        known=np.logical_or.reduce(~np.isnan(priced.smiles.iv), axis=(0, 2)),
        exposure=exposure,
        profile=_profile(priced, open_interest, contract_size),
        spot=priced.quoted.spot_or_forward,
    )


def _profile(
    priced: PricedChains, open_interest: FloatArray, contract_size: FloatArray
) -> GammaProfile:
    """Prepare the profiles, netting calls and puts that share a volatility."""
    contracts = _SIGNS * np.where(np.isnan(open_interest), 0.0, open_interest)
    strikes, volatility = priced.quoted.rows.strikes, priced.smiles.by_strike
    if priced.quoted.convention is PricingConvention.NSE:
        # Calls and puts are options of their own.
        strikes = np.hstack((strikes, strikes))
        volatility, contracts = (np.hstack([*each]) for each in (priced.smiles.iv, contracts))
    else:
        contracts = contracts.sum(axis=0)
    return GammaProfile.of(
        strikes=strikes.T,
        volatility=volatility.T,
        contracts=contracts.T,
        forward=priced.quoted.forwards.price,
        years=priced.quoted.years,
        discount=priced.quoted.discount,
        contract_size=contract_size,
    )


def find_gamma(priced: PricedChains, findings: Findings) -> None:
    """Find net exposure, walls and the price at which the sign changes."""
    gammas = chain_gammas(priced)
    exposure = gammas.exposure

    def unless_unknown(reason: MissingReason) -> Callable[[int], MissingReason]:
        return lambda chain: reason if gammas.known[chain] else MissingReason.NO_IMPLIED_VOLATILITY

    findings.state("contract_size", priced.quoted.contract_size, MissingReason.NO_CONTRACT_SIZE)
    net = np.where(gammas.known & ~np.isnan(priced.quoted.contract_size), exposure.total, np.nan)
    findings.state("net_gamma_exposure", net, unless_unknown(MissingReason.NO_CONTRACT_SIZE))
    no_wall = unless_unknown(MissingReason.NO_OPEN_INTEREST_ON_SIDE)
    findings.state("call_wall", exposure.call_wall, no_wall)
    findings.state("put_wall", exposure.put_wall, no_wall)
    findings.state("zero_gamma", gammas.zero_gamma, unless_unknown(MissingReason.NO_SIGN_CHANGE))
