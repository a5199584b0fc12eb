"""The latest tick and chain of everything, kept in the cache for a few minutes."""

from collections.abc import Iterable
from typing import Final

import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.cache import Cache

_log = structlog.get_logger()
_TTL_SECONDS: Final = 300.0


class LatestValues:
    """Writes through what was stored, and answers the commonest question without the database.

    Only this process writes these keys, so what it remembers having written decides which of two
    writes is newer. A cache that is away costs time, never truth: its errors end here.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._newest: dict[str, tuple[int, int, int]] = {}

    async def put_chains(self, chains: Iterable[chain_pb2.EnrichedChain]) -> None:
        """Keep the newest chain of each product and expiry."""
        await self._put((_chain_key(c.product, c.expiry), c) for c in chains)

    async def put_ticks(self, ticks: Iterable[tick_pb2.UnderlyingTick]) -> None:
        """Keep the newest tick of each product."""
        await self._put((_tick_key(t.product), t) for t in ticks)

    async def chain(self, product: str, expiry: str) -> chain_pb2.EnrichedChain | None:
        """Return the newest chain, if it is kept."""
        data = await self._get(_chain_key(product, expiry))
        return None if data is None else chain_pb2.EnrichedChain.FromString(data)

    async def tick(self, product: str) -> tick_pb2.UnderlyingTick | None:
        """Return the newest tick, if it is kept."""
        data = await self._get(_tick_key(product))
        return None if data is None else tick_pb2.UnderlyingTick.FromString(data)

    async def _put(
        self, items: Iterable[tuple[str, chain_pb2.EnrichedChain | tick_pb2.UnderlyingTick]]
    ) -> None:
        changed: dict[str, chain_pb2.EnrichedChain | tick_pb2.UnderlyingTick] = {}
        for key, message in items:
            age = (message.timestamp.seconds, message.timestamp.nanos, message.sequence)
            if age > self._newest.get(key, (0, 0, 0)):
                self._newest[key] = age
                changed[key] = message
        if not changed:
            return
        try:
            values = {key: message.SerializeToString() for key, message in changed.items()}
            await self._cache.set_many(values, ttl=_TTL_SECONDS)
        except DependencyUnavailableError:
            await self._forget(changed)

    async def _forget(self, keys: Iterable[str]) -> None:
        """Rather have nothing cached than something old."""
        _log.warning("cache_unavailable")
        for key in keys:
            self._newest.pop(key, None)
        try:
            await self._cache.delete_many(list(keys))
        except DependencyUnavailableError:
            return

    async def _get(self, key: str) -> bytes | None:
        # A process that has just started does not know whether what is kept is the newest.
        if key not in self._newest:
            return None
        try:
            return (await self._cache.get_many([key]))[0]
        except DependencyUnavailableError:
            return None


def _chain_key(product: str, expiry: str) -> str:
    return f"latest:chain:{product}:{expiry}"


def _tick_key(product: str) -> str:
    return f"latest:underlying:{product}"
