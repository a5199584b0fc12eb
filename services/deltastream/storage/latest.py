"""The latest tick and chain of everything, kept in the cache for a few minutes."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.domain.tick_table import TickTable
from deltastream.log_library import structlog
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.cache import Cache, Versioned
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_log = structlog.get_logger()
_requests: Final = PROCESS.counters(names.CACHE_REQUESTS, "result", ("hit", "miss"), cache="latest")
_TTL_SECONDS: Final = 60.0
"""For so long another replica may answer with what is older, if this one cannot reach the cache."""
_WRITE_SECONDS: Final = 0.1
"""What changes many times a second need not be written as often: it is at hand until then."""

Latest = chain_pb2.EnrichedChain | tick_pb2.UnderlyingTick


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A value that is not in the cache yet, and since when it is here."""

    message: Latest
    version: int
    since: float


class LatestValues:
    """Keeps what was stored last, and answers the commonest question without the database.

    Other replicas keep theirs in the same cache, which lets no older value take a newer one's
    place. What this one has not written yet it holds, and answers with: at most one value of each
    key. It believes the cache of what it has itself stored, if that is no older there. A cache that
    is away costs time, never truth: its errors end here.
    """

    def __init__(self, cache: Cache, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet.

        Args:
            cache: where values are kept.
            seconds: a clock that is never set.
        """
        self._cache = cache
        self._seconds = seconds
        self._newest: dict[str, int] = {}
        self._held: dict[str, _Held] = {}
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Write what has changed, until cancelled."""
        while True:
            await self._changed.wait()
            await self.write()
            await asyncio.sleep(_WRITE_SECONDS)

    def put_chains(self, chains: Iterable[chain_pb2.EnrichedChain]) -> None:
        """Keep the newest chain of each product and expiry."""
        for chain in chains:
            self._hold(_chain_key(chain.product, chain.expiry), chain)

    def put_ticks(self, ticks: Sequence[UnderlyingTick]) -> None:
        """Keep the newest tick of each product."""
        for tick in TickTable.of(ticks).newest():
            self._hold(_tick_key(tick.product), encode_tick(tick))

    async def chain(self, product: str, expiry: str) -> chain_pb2.EnrichedChain | None:
        """Return the newest chain, if it is kept."""
        data = await self._get(_chain_key(product, expiry))
        return None if data is None else chain_pb2.EnrichedChain.FromString(data)

    async def tick(self, product: str) -> tick_pb2.UnderlyingTick | None:
        """Return the newest tick, if it is kept."""
        data = await self._get(_tick_key(product))
        return None if data is None else tick_pb2.UnderlyingTick.FromString(data)

    async def write(self) -> None:
        """Write what is held, in one go. One write at a time."""
        self._changed.clear()
        held = dict(self._held)
        values = {
            key: Versioned(each.version, each.message.SerializeToString())
            for key, each in held.items()
        }
        try:
            await self._cache.put_newest(values, ttl=_TTL_SECONDS)
        except DependencyUnavailableError:
            await self._forget(held)
        else:
            self._release(held)

    def _hold(self, key: str, message: Latest) -> None:
        version = _version_of(message)
        if version > self._newest.get(key, -1):
            self._newest[key] = version
            self._held[key] = _Held(message, version, self._seconds())
            self._changed.set()

    async def _forget(self, held: Mapping[str, _Held]) -> None:
        """Rather have nothing cached than something old."""
        _log.warning("cache_unavailable")
        self._release(held)
        with suppress(DependencyUnavailableError):
            await self._cache.delete_many(list(held))

    def _release(self, held: Mapping[str, _Held]) -> None:
        """Hold values no longer, but for those that newer ones have replaced meanwhile."""
        for key, each in held.items():
            if self._held.get(key) is each:
                del self._held[key]

    async def _get(self, key: str) -> bytes | None:
        data = await self._look_up(key)
        _requests["miss" if data is None else "hit"].inc()
        return data

    async def _look_up(self, key: str) -> bytes | None:
        newest = self._newest.get(key)
        # A process that has just started does not know whether what is kept is the newest.
        if newest is None:
            return None
        if held := self._held.get(key):
            fresh = self._seconds() - held.since < _TTL_SECONDS
            return held.message.SerializeToString() if fresh else None
        try:
            (kept,) = await self._cache.get_many([key])
        except DependencyUnavailableError:
            return None
        return kept.value if kept is not None and kept.version >= newest else None


def _version_of(message: Latest) -> int:
    """Order values by when they were, and those of one moment by their sequence."""
    nanoseconds = message.timestamp.seconds * 10**9 + message.timestamp.nanos
    return max(0, nanoseconds) << 64 | message.sequence


def _chain_key(product: str, expiry: str) -> str:
    return f"latest:chain:{product}:{expiry}"


def _tick_key(product: str) -> str:
    return f"latest:underlying:{product}"
