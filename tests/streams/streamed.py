"""Every streaming RPC that is offered, in the form that the conformance suite needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from deltastream.domain.events import Candle, Legs, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType, Product
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.v1 import enrichment_service_pb2 as enrichment_pb
from deltastream.feed.v1 import feed_service_pb2 as feed_pb
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.candles import encode_candle
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.codec.ticks import encode_quote, encode_tick

BEGIN = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
EXPIRY = date(2026, 1, 27)


def product(symbol: str) -> Product:
    return Product(
        symbol=symbol, name=symbol, exchange="XNSE", currency="INR", time_zone="Asia/Kolkata"
    )


def tick_payload(symbol: str, number: int) -> bytes:
    tick = UnderlyingTick(
        product=symbol,
        price=100.0 + number,
        timestamp=BEGIN + timedelta(seconds=number),
        sequence=number,
    )
    return tick_pb2.UnderlyingTickBatch(ticks=[encode_tick(tick)]).SerializeToString()


def quote_payload(symbol: str, number: int) -> bytes:
    quote = OptionQuote(
        symbol=f"{symbol}-20260127-100-CE",
        product=symbol,
        expiry=EXPIRY,
        option_type=OptionType.CALL,
        strike=100.0,
        timestamp=BEGIN + timedelta(seconds=number),
        sequence=number,
        last=float(number),
    )
    return chain_pb2.OptionQuoteBatch(quotes=[encode_quote(quote)]).SerializeToString()


def raw_chain(symbol: str, number: int) -> chain_pb2.OptionChain:
    legs = Legs.from_table(np.full((2, 11), 5.0) + [[95.0], [105.0]] * np.eye(1, 11))
    return encode_chain(
        OptionChain(
            product=symbol,
            expiry=EXPIRY,
            spot_price=100.0,
            timestamp=BEGIN + timedelta(seconds=number),
            calls=legs,
            puts=legs,
            sequence=number,
        )
    )


def raw_chain_payload(symbol: str, number: int) -> bytes:
    return raw_chain(symbol, number).SerializeToString()


@cache
def enriched_chain(symbol: str) -> chain_pb2.EnrichedChain:
    enricher = Enricher(products={}, policy=PricingPolicy(), clock=utc_now)
    return enricher.enrich_chain(raw_chain(symbol, 1))


def enriched_chain_payload(symbol: str, number: int) -> bytes:
    chain = chain_pb2.EnrichedChain()
    chain.CopyFrom(enriched_chain(symbol))
    chain.sequence = number
    chain.timestamp.FromDatetime(BEGIN + timedelta(seconds=number))
    return chain.SerializeToString()


def candle_payload(symbol: str, number: int) -> bytes:
    """Encode the candle of one window when it stands on `number` ticks."""
    candle = Candle(
        product=symbol,
        window_minutes=1,
        start=BEGIN,
        open=100.0,
        high=101.0,
        low=99.0,
        close=100.0,
        tick_count=number,
    )
    return enrichment_pb.CandleBatch(candles=[encode_candle(candle)]).SerializeToString()


@dataclass(frozen=True)
class StreamedRpc:
    """One streaming RPC.

    Attributes:
        kind: the subjects that it streams.
        payload: encodes event `number` of a product, as its writer would.
        sequences: reads the sequences out of a batch.
        request: its request type.
        response: its response type.
        service: the role that offers it: "feed" or "enrichment".
        call: picks it from the role's stub.
        streaming: picks what serves it from the role's streams.
        moment: when event `number` happened.
    """

    name: str
    service: str
    kind: SubjectKind
    payload: Callable[[str, int], bytes]
    sequences: Callable[[Any], list[int]]
    request: Callable[..., Any]
    response: Any
    call: Callable[[Any], Any]
    streaming: Callable[[Any], Any]
    moment: Callable[[int], datetime] = lambda number: BEGIN + timedelta(seconds=number)

    def subject(self, symbol: str) -> str:
        return subject_of(self.kind, symbol)

    def entry(self, symbol: str, number: int) -> Entry:
        return Entry(
            subject=self.subject(symbol),
            sequence=number,
            payload=self.payload(symbol, number),
        )

    def __str__(self) -> str:
        return self.name


ENRICHED_TICKS = StreamedRpc(
    name="enrichment.StreamTicks",
    service="enrichment",
    kind=SubjectKind.ENRICHED_TICKS,
    payload=tick_payload,
    sequences=lambda batch: [tick.sequence for tick in batch.ticks],
    request=enrichment_pb.StreamTicksRequest,
    response=enrichment_pb.StreamTicksResponse,
    call=lambda stub: stub.StreamTicks,
    streaming=lambda streams: streams.ticks,
)
ENRICHED_CHAINS = StreamedRpc(
    name="enrichment.StreamChains",
    service="enrichment",
    kind=SubjectKind.ENRICHED_CHAINS,
    payload=enriched_chain_payload,
    sequences=lambda batch: [chain.sequence for chain in batch.chains],
    request=enrichment_pb.StreamChainsRequest,
    response=enrichment_pb.StreamChainsResponse,
    call=lambda stub: stub.StreamChains,
    streaming=lambda streams: streams.chains,
)
ENRICHED_CANDLES = StreamedRpc(
    name="enrichment.StreamCandles",
    service="enrichment",
    kind=SubjectKind.ENRICHED_CANDLES,
    payload=candle_payload,
    sequences=lambda batch: [candle.tick_count for candle in batch.candles],
    request=enrichment_pb.StreamCandlesRequest,
    response=enrichment_pb.StreamCandlesResponse,
    call=lambda stub: stub.StreamCandles,
    streaming=lambda streams: streams.candles,
    moment=lambda number: BEGIN,
)
RAW_TICKS = StreamedRpc(
    name="feed.StreamTicks",
    service="feed",
    kind=SubjectKind.RAW_TICKS,
    payload=tick_payload,
    sequences=lambda batch: [tick.sequence for tick in batch.ticks],
    request=feed_pb.StreamTicksRequest,
    response=feed_pb.StreamTicksResponse,
    call=lambda stub: stub.StreamTicks,
    streaming=lambda streams: streams.ticks,
)
RAW_QUOTES = StreamedRpc(
    name="feed.StreamQuotes",
    service="feed",
    kind=SubjectKind.RAW_QUOTES,
    payload=quote_payload,
    sequences=lambda batch: [quote.sequence for quote in batch.quotes],
    request=feed_pb.StreamQuotesRequest,
    response=feed_pb.StreamQuotesResponse,
    call=lambda stub: stub.StreamQuotes,
    streaming=lambda streams: streams.quotes,
)
RAW_CHAINS = StreamedRpc(
    name="feed.StreamChains",
    service="feed",
    kind=SubjectKind.RAW_CHAINS,
    payload=raw_chain_payload,
    sequences=lambda batch: [chain.sequence for chain in batch.chains],
    request=feed_pb.StreamChainsRequest,
    response=feed_pb.StreamChainsResponse,
    call=lambda stub: stub.StreamChains,
    streaming=lambda streams: streams.chains,
)
ALL = (RAW_TICKS, RAW_QUOTES, RAW_CHAINS, ENRICHED_TICKS, ENRICHED_CHAINS, ENRICHED_CANDLES)
REMEMBERED = (ENRICHED_TICKS, ENRICHED_CHAINS)
"""Those whose events storage has when the bus does not hold them any more."""
FORGOTTEN = tuple(rpc for rpc in ALL if rpc not in REMEMBERED)
"""Those whose events nobody has when the bus does not hold them any more."""
