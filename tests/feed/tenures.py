"""Being the writer, for tests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from deltastream.feed.tenure import Tenure
from deltastream.ports.bus import Bus
from deltastream.runtime.background import running


async def _nothing() -> None:
    pass


@asynccontextmanager
async def tenure_of(
    bus: Bus, products: Sequence[str] = ("NIFTY", "SPY"), *, holder: str = "feed-0"
) -> AsyncIterator[Tenure]:
    """Run for the leases of products; leaving the block gives them back."""
    tenure = Tenure(leases=bus.leases, holder=holder, products=products, begin=_nothing)
    async with running(tenure.run()):
        yield tenure
