"""Gamma exposure of the newest chain."""

from dataclasses import dataclass
from datetime import date

from deltastream.analytics.queries.newest import newest_chain
from deltastream.analytics.queries.repricing import priced_again
from deltastream.domain.arrays import FloatArray, known
from deltastream.domain.events import EnrichedChain
from deltastream.domain.gamma_exposure import GammaExposure
from deltastream.domain.gamma_figures import ChainGammas, chain_gamma
from deltastream.domain.gamma_profile import MULTIPLES
from deltastream.ports.history import MarketHistory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """The gamma exposure of a chain, in currency per 1 % move.

    Attributes:
        by_strike: of one unit of the underlying a contract where contracts are of unknown size.
        net: the sum over all strikes.
        call_wall, put_wall: the strikes of the greatest exposure of each side; None without any.
        zero_gamma: the price of the underlying at which it changes sign; None when it does not.
        prices: of the underlying, ascending, for the profile.
        profile: the net exposure at each of them.
    """

    by_strike: GammaExposure
    net: float
    call_wall: float | None
    put_wall: float | None
    zero_gamma: float | None
    prices: FloatArray
    profile: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExposedChain:
    """A chain and its gamma exposure; None when none of its options has a gamma."""

    enriched: EnrichedChain
    exposure: Exposure | None


async def exposed_chain(history: MarketHistory, product: str, expiry: date | None) -> ExposedChain:
    """Return the newest chain and its exposure."""
    enriched = await newest_chain(history, product, expiry)
    gamma = chain_gamma(priced_again(enriched))
    return ExposedChain(enriched=enriched, exposure=None if gamma is None else _exposure_of(gamma))


def _exposure_of(gamma: ChainGammas) -> Exposure:
    exposure = gamma.exposure
    return Exposure(
        by_strike=exposure.of_chain(0),
        net=float(exposure.total[0]),
        call_wall=known(exposure.call_wall[0]),
        put_wall=known(exposure.put_wall[0]),
        zero_gamma=known(gamma.zero_gamma[0]),
        prices=gamma.spot[0] * MULTIPLES,
        profile=gamma.profile.net(MULTIPLES)[0],
    )
