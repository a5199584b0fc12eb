"""The newest chains: what most questions are about."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from deltastream.analytics.parallel import in_parallel
from deltastream.domain.errors import ExpiryNotFoundError
from deltastream.domain.events import EnrichedChain
from deltastream.ports.history import MarketHistory

AT_ONCE: Final = 8
"""How many questions one call puts to storage at a time."""


async def newest_of_all(history: MarketHistory, product: str) -> EnrichedChain:
    """Return the newest chain of any expiry.

    Raises:
        ProductNotFoundError: the product is not known.
        ExpiryNotFoundError: it has no chains at all.
    """
    newest = await history.latest(product, None)
    if newest is None:
        raise ExpiryNotFoundError(product, "any")
    return newest


async def newest_chain(history: MarketHistory, product: str, expiry: date | None) -> EnrichedChain:
    """Return the newest chain of an expiry, or of the nearest one that has not expired.

    Nearest is judged at the time of the product's newest chain, so that a replay of an old day
    asks about that day's expiries. When all have expired, it is that newest chain.

    Raises:
        ProductNotFoundError: the product is not known.
        ExpiryNotFoundError: it has no chain of this expiry, or none at all.
    """
    if expiry is None:
        return await _nearest(history, product)
    chain = await history.latest(product, expiry)
    if chain is None:
        raise ExpiryNotFoundError(product, expiry.isoformat())
    return chain


async def unexpired_chains(
    history: MarketHistory, product: str, *, most: int | None = None
) -> Sequence[EnrichedChain]:
    """Return the newest chain of each expiry that has not expired, nearest first.

    Args:
        history: where they are.
        product: the symbol.
        most: the most expiries; None is all.

    Raises:
        ProductNotFoundError: the product is not known.
        ExpiryNotFoundError: it has no chains at all.
    """
    newest = await newest_of_all(history, product)
    expiries = await _expiries_ahead(history, newest)
    # One more than wanted: the first may have expired earlier that day.
    wanted = expiries if most is None else expiries[: most + 1]
    chains = await in_parallel(
        (partial(history.latest, product, expiry) for expiry in wanted), most=AT_ONCE
    )
    now = newest.chain.timestamp
    alive = [chain for chain in chains if chain is not None and not _has_expired(chain, at=now)]
    return alive[:most]


async def _nearest(history: MarketHistory, product: str) -> EnrichedChain:
    newest = await newest_of_all(history, product)
    for expiry in await _expiries_ahead(history, newest):
        chain = await history.latest(product, expiry)
        if chain is not None and not _has_expired(chain, at=newest.chain.timestamp):
            return chain
    return newest


async def _expiries_ahead(history: MarketHistory, newest: EnrichedChain) -> Sequence[date]:
    """Return the expiries from the day of the product's newest chain on."""
    # UTC and the exchange's zone agree on the day while its market trades.
    today = newest.chain.timestamp.date()
    return [day for day in await history.expiries(newest.chain.product) if day >= today]


def _has_expired(enriched: EnrichedChain, *, at: datetime) -> bool:
    expires_at = enriched.chain.expires_at
    return expires_at is not None and expires_at <= at
