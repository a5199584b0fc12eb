"""The hubs of the mesh: how each kind of event is decoded, keyed and dated."""

from deltastream.domain.subjects import SubjectKind
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.moments import to_datetime
from deltastream.runtime.streams.hub import StreamHub


def tick_hub(bus: Bus, catalog: Catalog, kind: SubjectKind) -> StreamHub[tick_pb2.UnderlyingTick]:
    """Follow ticks, raw or enriched; the newest of a product holds."""
    return StreamHub(
        bus=bus,
        catalog=catalog,
        kind=kind,
        decode=lambda payload: tick_pb2.UnderlyingTickBatch.FromString(payload).ticks,
        key_of=lambda tick: tick.product,
        time_of=lambda tick: to_datetime(tick.timestamp),
    )


def quote_hub(bus: Bus, catalog: Catalog) -> StreamHub[chain_pb2.OptionQuote]:
    """Follow raw quotes; the newest of an option holds."""
    return StreamHub(
        bus=bus,
        catalog=catalog,
        kind=SubjectKind.RAW_QUOTES,
        decode=lambda payload: chain_pb2.OptionQuoteBatch.FromString(payload).quotes,
        key_of=lambda quote: quote.symbol,
        time_of=lambda quote: to_datetime(quote.timestamp),
    )


def raw_chain_hub(bus: Bus, catalog: Catalog) -> StreamHub[chain_pb2.OptionChain]:
    """Follow raw chains; the newest of a product and expiry holds."""
    return StreamHub(
        bus=bus,
        catalog=catalog,
        kind=SubjectKind.RAW_CHAINS,
        decode=lambda payload: [chain_pb2.OptionChain.FromString(payload)],
        key_of=lambda chain: f"{chain.product}/{chain.expiry}",
        time_of=lambda chain: to_datetime(chain.timestamp),
    )


def enriched_chain_hub(bus: Bus, catalog: Catalog) -> StreamHub[chain_pb2.EnrichedChain]:
    """Follow enriched chains; the newest of a product and expiry holds."""
    return StreamHub(
        bus=bus,
        catalog=catalog,
        kind=SubjectKind.ENRICHED_CHAINS,
        decode=lambda payload: [chain_pb2.EnrichedChain.FromString(payload)],
        key_of=lambda chain: f"{chain.product}/{chain.expiry}",
        time_of=lambda chain: to_datetime(chain.timestamp),
    )
