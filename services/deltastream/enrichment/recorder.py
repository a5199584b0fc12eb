"""Stores what was enriched, then acknowledges it to the bus: in this order, so nothing is lost."""

import asyncio
from collections.abc import Sequence
from typing import Final

import grpc
import structlog

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.enrichment.dead_letters import DeadLetters
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.persist import Result, persist
from deltastream.ports.bus import Bus
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_log = structlog.get_logger()
_RETRY_SECONDS: Final = 0.2
_RETRY_MOST_SECONDS: Final = 2.0
# The caller is at fault, and would be again.
_PERMANENT: Final = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE}


class Recorder:
    """Takes results and makes them durable, in their order, in batches of whatever has gathered.

    Its queue is bounded: when storage is slower than the market, `put` waits, the worker stops
    reading, and the events wait on the bus.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        storage: StorageServiceStub,
        group: str,
        dead_letters: DeadLetters,
        most: int = 1000,
    ) -> None:
        self._bus = bus
        self._storage = storage
        self._group = group
        self._dead_letters = dead_letters
        self._queue: asyncio.Queue[Result] = asyncio.Queue(most)

    async def put(self, result: Result) -> None:
        """Hand over one result; waits while the queue is full.

        Candles go before the entries that changed them: none of these is acknowledged before.
        """
        await self._queue.put(result)

    async def settled(self) -> None:
        """Return when everything handed over so far is stored and acknowledged."""
        await self._queue.join()

    async def run(self) -> None:
        """Record until cancelled. What is cancelled half-way is redelivered by the bus."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._record(batch)
            for _ in batch:
                self._queue.task_done()

    async def _record(self, batch: Sequence[Result]) -> None:
        """Store and acknowledge a batch, however long storage or bus are away."""
        sources = [item.source for item in batch if isinstance(item, Enriched)]
        pause = _RETRY_SECONDS
        while True:
            try:
                await self._store(batch)
                await self._bus.acknowledge(self._group, sources)
            except (grpc.aio.AioRpcError, DependencyUnavailableError) as error:
                _log.warning("recording_delayed", entries=len(batch), error=_brief(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _RETRY_MOST_SECONDS)
            else:
                return

    async def _store(self, batch: Sequence[Result]) -> None:
        try:
            await persist(self._storage, batch)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _PERMANENT:
                raise
            if len(batch) == 1:
                await self._give_up(batch[0], error)
                return
            # One bad event must not take its neighbours along.
            for item in batch:
                await self._store([item])

    async def _give_up(self, item: Result, error: grpc.aio.AioRpcError) -> None:
        if isinstance(item, Enriched):
            await self._dead_letters.bury(item.source, error)
        else:
            # They stem from ticks that storage has taken: it cannot refuse them for their values.
            _log.error("candles_refused", candles=len(item.candles), error=str(error))


def _brief(error: grpc.aio.AioRpcError | DependencyUnavailableError) -> str:
    return error.code().name if isinstance(error, grpc.aio.AioRpcError) else str(error)
