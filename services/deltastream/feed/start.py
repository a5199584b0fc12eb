"""What the feed does once, before its first event."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.instruments import Product
from deltastream.domain.subjects import CATALOG, MARKETS, SubjectKind, subject_of
from deltastream.feed.sequences import SequenceCounter
from deltastream.ports.bus import Bus
from deltastream.ports.clock import Clock
from deltastream.runtime.catalog import Catalog

_log = structlog.get_logger()
_RETRY_SECONDS: Final = 0.5


async def announce(
    bus: Bus,
    catalog: Catalog,
    products: Sequence[Product],
    kinds: Iterable[SubjectKind],
    *,
    clock: Clock,
) -> int:
    """Announce the products, however long the bus is away.

    Returns:
        The greatest sequence that the bus has seen on any subject of ours: the next must exceed
        it, even if the clock was set back since.
    """
    raw = (subject_of(kind, product.symbol) for kind in kinds for product in products)
    subjects = [CATALOG, MARKETS, *raw]
    while True:
        try:
            last = max([await bus.last_sequence(subject) for subject in subjects])
            first = SequenceCounter(clock, above=last).take(len(products))
            await catalog.announce(products, sequence=first)
        except DependencyUnavailableError:
            _log.warning("announcement_delayed")
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            _log.info("products_announced", products=[p.symbol for p in products])
            return first + len(products) - 1
