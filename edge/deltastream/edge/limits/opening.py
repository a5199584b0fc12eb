"""Makes the rate limiter that the settings describe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deltastream.edge.limits.counting import Counter
from deltastream.edge.limits.limiter import RateLimiter, Rates
from deltastream.edge.limits.memory import MemoryCounter


@asynccontextmanager
async def rate_limiter(rates: Rates, *, url: str = "") -> AsyncIterator[RateLimiter]:
    """Yield a rate limiter, and let go of its counter at the end.

    Args:
        rates: that apply.
        url: of a Redis in which several edges count together; empty counts here.
    """
    own = MemoryCounter()
    counter = _shared(url, own) if url else own
    try:
        yield RateLimiter(rates, counter)
    finally:
        await counter.close()


def _shared(url: str, own: Counter) -> Counter:
    # Its libraries are more than a megabyte, and an edge that is alone has no use for them.
    from deltastream.edge.limits.shared import FallbackCounter, RedisCounter  # noqa: PLC0415

    return FallbackCounter(RedisCounter(url), own)
