"""The latest tick and chain of everything, kept in the cache for a few minutes."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.cache import Cache
from deltastream.runtime.codec.ticks import encode_tick

_log = structlog.get_logger()
_TTL_SECONDS: Final = 300.0
_WRITE_SECONDS: Final = 0.1
"""What changes many times a second need not be written as often: it is at hand until then."""

Latest = chain_pb2.EnrichedChain | tick_pb2.UnderlyingTick


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A value that is not in the cache yet, and since when it is here."""

    message: Latest
    since: float


class LatestValues:
    """Keeps what was stored last, and answers the commonest question without the database.

    Only this process writes these keys, so what it remembers having written decides which of two
    writes is newer. What it has not written yet it holds, and answers with: at most one value of
    each key. A cache that is away costs time, never truth: its errors end here.
    """

    def __init__(self, cache: Cache, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet.

        Args:
            cache: where values are kept.
            seconds: a clock that is never set.
        """
        self._cache = cache
        self._seconds = seconds
        self._newest: dict[str, tuple[int, int, int]] = {}
        self._held: dict[str, _Held] = {}
        self._write_after = seconds()
        self._writing = False

    async def put_chains(self, chains: Iterable[chain_pb2.EnrichedChain]) -> None:
        """Keep the newest chain of each product and expiry."""
        for chain in chains:
            self._hold(_chain_key(chain.product, chain.expiry), chain)
        await self._write_if_due()

    async def put_ticks(self, ticks: Iterable[UnderlyingTick]) -> None:
        """Keep the newest tick of each product."""
        newest: dict[str, UnderlyingTick] = {}
        for tick in ticks:
            known = newest.setdefault(tick.product, tick)
            if (tick.timestamp, tick.sequence) > (known.timestamp, known.sequence):
                newest[tick.product] = tick
        for product, tick in newest.items():
            self._hold(_tick_key(product), encode_tick(tick))
        await self._write_if_due()

    async def chain(self, product: str, expiry: str) -> chain_pb2.EnrichedChain | None:
        """Return the newest chain, if it is kept."""
        data = await self._get(_chain_key(product, expiry))
        return None if data is None else chain_pb2.EnrichedChain.FromString(data)

    async def tick(self, product: str) -> tick_pb2.UnderlyingTick | None:
        """Return the newest tick, if it is kept."""
        data = await self._get(_tick_key(product))
        return None if data is None else tick_pb2.UnderlyingTick.FromString(data)

    def _hold(self, key: str, message: Latest) -> None:
        age = (message.timestamp.seconds, message.timestamp.nanos, message.sequence)
        if age > self._newest.get(key, (0, 0, 0)):
            self._newest[key] = age
            self._held[key] = _Held(message, self._seconds())

    async def _write_if_due(self) -> None:
        """Write what is held, in one go, unless that has just been done or is being done."""
        if not self._held or self._writing or self._seconds() < self._write_after:
            return
        self._write_after = self._seconds() + _WRITE_SECONDS
        self._writing = True
        try:
            await self._write(dict(self._held))
        finally:
            self._writing = False

    async def _write(self, held: Mapping[str, _Held]) -> None:
        values = {key: each.message.SerializeToString() for key, each in held.items()}
        try:
            await self._cache.set_many(values, ttl=_TTL_SECONDS)
        except DependencyUnavailableError:
            await self._forget(held)
        else:
            self._release(held)

    async def _forget(self, held: Mapping[str, _Held]) -> None:
        """Rather have nothing cached than something old."""
        _log.warning("cache_unavailable")
        for key in self._release(held):
            self._newest.pop(key, None)
        with suppress(DependencyUnavailableError):
            await self._cache.delete_many(list(held))

    def _release(self, held: Mapping[str, _Held]) -> list[str]:
        """Hold values no longer, but for those that newer ones have replaced meanwhile."""
        released = [key for key, each in held.items() if self._held.get(key) is each]
        for key in released:
            del self._held[key]
        return released

    async def _get(self, key: str) -> bytes | None:
        # A process that has just started does not know whether what is kept is the newest.
        if key not in self._newest:
            return None
        if held := self._held.get(key):
            fresh = self._seconds() - held.since < _TTL_SECONDS
            return held.message.SerializeToString() if fresh else None
        try:
            return (await self._cache.get_many([key]))[0]
        except DependencyUnavailableError:
            return None


def _chain_key(product: str, expiry: str) -> str:
    return f"latest:chain:{product}:{expiry}"


def _tick_key(product: str) -> str:
    return f"latest:underlying:{product}"
