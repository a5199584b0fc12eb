"""Lists the newest chain of each interval: one seek in the index an interval."""

from datetime import date, timedelta
from typing import Final

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.chain_documents import LEGS, chain_of
from deltastream.adapters.store.mongodb.connection import MarketDatabase
from deltastream.adapters.store.mongodb.listing import between, bounds_of, newest_first
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Window

_MICROSECOND: Final = timedelta(microseconds=1)


async def list_sampled_chains(
    database: MarketDatabase,
    product: str,
    expiry: date,
    interval: timedelta,
    window: Window,
    *,
    with_legs: bool,
) -> list[EnrichedChain]:
    """Read the newest chain of each interval of a window.

    Each step asks for the newest chain before the interval of the last one, until enough are found
    or nothing is left. An aggregation would read every chain that is passed over.

    Raises:
        ValueError: the interval is not positive, or the window's limit is below 1.
    """
    length = interval // _MICROSECOND
    if length < 1:
        raise ValueError(f"an interval is positive, not {interval}")
    first, last = bounds_of(window)
    if window.after is not None:
        # The interval of the last chain that was listed is done.
        last = min(last, _before_interval(microseconds_of(window.after.timestamp), length))
    samples: list[EnrichedChain] = []
    while len(samples) < window.limit and first <= last:
        newest = await database["chains"].find_one(
            {"product": product, "expiry": expiry.isoformat(), **between("timestamp", first, last)},
            None if with_legs else dict.fromkeys(LEGS, 0),
            sort=newest_first("timestamp"),
        )
        if newest is None:
            break
        samples.append(chain_of(newest))
        last = _before_interval(newest["timestamp_us"], length)
    return samples


def _before_interval(microseconds: int, length: int) -> int:
    """Return the last instant before the interval that holds another."""
    return microseconds - microseconds % length - 1
