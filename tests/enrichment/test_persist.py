"""What is written to storage for some results."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from tests.enrichment.candle_bench import OPENING, entry, tick

from deltastream.domain.events import Candle
from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.persist import persist
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionLeg
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

    async def PutChains(self, request: pb.PutChainsRequest) -> None:
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
    return CandleNews(product="NIFTY", candles=tuple(map(encode_candle, candles)))


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


async def test_no_request_is_larger_than_storage_receives() -> None:
    strikes = [f"{at:0>9}" for at in range(20_000)]
    legs = [OptionLeg(symbol=symbol, strike=1.0) for symbol in strikes]
    large = [EnrichedChain(product="NIFTY", sequence=at + 1, calls=legs) for at in range(9)]
    small = [EnrichedChain(product="SPY", sequence=at + 1) for at in range(150)]
    results = [
        Enriched(source=entry(tick(1)), chains=(chain.SerializeToString(),))
        for chain in (*large, *small)
    ]

    requests = await written(*results)

    assert [chain for request in requests for chain in request.chains] == [*large, *small]
    assert max(request.ByteSize() for request in requests) < 4 * 1024 * 1024
    assert max(len(request.chains) for request in requests) == 100
    assert len(requests) < 9
