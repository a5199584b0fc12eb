"""The hubs of the mesh: how each kind of event is decoded, keyed and dated.

Raw events, and candles, are remembered by the bus alone: a subscriber whose token is older than
what the bus holds starts anew. Enriched ticks and chains are in storage too (`history`).
"""

from deltastream.domain.subjects import SubjectKind
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.kind import EventKind


def tick_hub(bus: Bus, catalog: Catalog, subjects: SubjectKind) -> StreamHub:
    """Follow ticks, raw or enriched; the newest of a product holds."""
    kind = EventKind(
        subjects=subjects,
        decode=lambda payload: tick_pb2.UnderlyingTickBatch.FromString(payload).ticks,
        batched=True,
        key_of=lambda tick: tick.product,
        time_of=lambda tick: tick.timestamp,
    )
    return StreamHub(bus=bus, catalog=catalog, kind=kind)


def quote_hub(bus: Bus, catalog: Catalog) -> StreamHub:
    """Follow raw quotes; the newest of an option holds."""
    kind = EventKind(
        subjects=SubjectKind.RAW_QUOTES,
        decode=lambda payload: chain_pb2.OptionQuoteBatch.FromString(payload).quotes,
        batched=True,
        key_of=lambda quote: quote.symbol,
        time_of=lambda quote: quote.timestamp,
    )
    return StreamHub(bus=bus, catalog=catalog, kind=kind)


def raw_chain_hub(bus: Bus, catalog: Catalog) -> StreamHub:
    """Follow raw chains; the newest of a product and expiry holds."""
    kind = EventKind(
        subjects=SubjectKind.RAW_CHAINS,
        decode=lambda payload: [chain_pb2.OptionChain.FromString(payload)],
        batched=False,
        key_of=lambda chain: f"{chain.product}/{chain.expiry}",
        time_of=lambda chain: chain.timestamp,
    )
    return StreamHub(bus=bus, catalog=catalog, kind=kind)


def enriched_chain_hub(bus: Bus, catalog: Catalog) -> StreamHub:
    """Follow enriched chains; the newest of a product and expiry holds."""
    kind = EventKind(
        subjects=SubjectKind.ENRICHED_CHAINS,
        decode=lambda payload: [chain_pb2.EnrichedChain.FromString(payload)],
        batched=False,
        key_of=lambda chain: f"{chain.product}/{chain.expiry}",
        time_of=lambda chain: chain.timestamp,
    )
    return StreamHub(bus=bus, catalog=catalog, kind=kind)
