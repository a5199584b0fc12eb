"""What is written to storage for some results."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from tests.enrichment.candle_bench import OPENING, entry, tick

from deltastream.domain.events import Candle
from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.persist import persist
from deltastream.runtime.codec.candles import encode_candle
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@dataclass
class Listener:
    """Storage that only listens."""

    requests: list[Any] = field(default_factory=list)

    async def PutTicks(self, request: pb.PutTicksRequest) -> None:
        self.requests.append(request)

    async def PutCandles(self, request: pb.PutCandlesRequest) -> None:
        self.requests.append(request)


def news(*versions: tuple[int, int, bool]) -> CandleNews:
    """Tell of candles of one minute, given by minute, ticks and whether they are final."""
    candles = [
        Candle(
            product="NIFTY",
            window_minutes=1,
            start=OPENING + timedelta(minutes=minute),
            open=1.0,
            high=1.0,
            low=1.0,
            close=1.0,
            tick_count=ticks,
            final=final,
        )
        for minute, ticks, final in versions
    ]
    return CandleNews(candles=tuple(map(encode_candle, candles)))


async def written(*batch: Enriched | CandleNews) -> list[Any]:
    storage = Listener()
    await persist(cast("StorageServiceStub", storage), batch)
    return storage.requests


async def test_of_each_candle_the_newest_version_is_written() -> None:
    (request,) = await written(
        news((0, 1, False)), news((0, 2, True), (1, 1, False)), news((1, 2, False))
    )
    assert list(request.candles) == list(news((0, 2, True), (1, 2, False)).candles)


async def test_candles_are_written_after_their_ticks() -> None:
    one = tick(30)
    ticks = Enriched(source=entry(one), ticks=(encode_tick(one),))
    requests = await written(news((0, 1, False)), ticks)
    assert [type(request).__name__ for request in requests] == [
        "PutTicksRequest",
        "PutCandlesRequest",
    ]


async def test_nothing_is_written_for_nothing() -> None:
    assert await written() == []
