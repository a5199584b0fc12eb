"""What the feed does before its first event."""

from collections.abc import Iterable, Sequence

from deltastream.domain.instruments import Product
from deltastream.domain.subjects import CATALOG, MARKETS, SubjectKind, subject_of
from deltastream.feed.sequences import SequenceCounter
from deltastream.log_library import structlog
from deltastream.ports.bus import Bus
from deltastream.ports.clock import Clock
from deltastream.runtime.catalog import Catalog

_log = structlog.get_logger()


async def announce(
    bus: Bus,
    catalog: Catalog,
    products: Sequence[Product],
    kinds: Iterable[SubjectKind],
    *,
    clock: Clock,
) -> int:
    """Announce the products.

    Returns:
        The greatest sequence that the bus has seen on any subject of ours: the next must exceed
        it, even if the clock was set back since.

    Raises:
        DependencyUnavailableError: the bus does not answer.
    """
    raw = (subject_of(kind, product.symbol) for kind in kinds for product in products)
    extents = await bus.extents((CATALOG, MARKETS, *raw))
    last = max(extent.last for extent in extents.values())
    first = SequenceCounter(clock, above=last).take(len(products))
    await catalog.announce(products, sequence=first)
    _log.info("products_announced", products=[product.symbol for product in products])
    return first + len(products) - 1
