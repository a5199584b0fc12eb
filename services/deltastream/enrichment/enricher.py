"""Makes enriched events of raw bus entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deltastream.domain.chain_analysis import analyse, analyse_together
from deltastream.domain.figures import PricingConvention
from deltastream.domain.instruments import Product
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.subjects import SubjectKind, kind_of, product_of, subject_of
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Entry
from deltastream.ports.clock import Clock
from deltastream.runtime.codec.chains import (
    decode_chain,
    encode_enriched_chains,
    encode_enriched_from,
    receive_chains,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriched:
    """What came of one raw entry: what to publish and what to store.

    Attributes:
        source: the raw entry, to acknowledge once all is stored.
        publication: the enriched entry, under the raw one's sequence; None when there is none.
        chains: EnrichedChain messages, encoded.
    """

    source: Entry
    publication: Entry | None = None
    ticks: tuple[tick_pb2.UnderlyingTick, ...] = ()
    quotes: tuple[chain_pb2.OptionQuote, ...] = ()
    chains: tuple[bytes, ...] = ()


class Enricher:
    """Turns a raw entry into an enriched one.

    The result depends on the entry, and on what is known of its product.
    """

    def __init__(
        self, *, products: Mapping[str, Product], policy: PricingPolicy, clock: Clock
    ) -> None:
        """Make an enricher.

        Args:
            products: what is known of them, by symbol; may learn more while it is in use.
            policy: how their chains are priced.
            clock: says when enrichment finished.
        """
        self._products = products
        self._policy = policy
        self._clock = clock

    def enrich(self, entry: Entry) -> Enriched:
        """Enrich one entry of any raw subject.

        Raises:
            google.protobuf.message.DecodeError: the payload is no such event.
            InvalidValueError: the event has no possible meaning.
        """
        (enriched,) = self.enrich_together([entry])
        return enriched

    def enrich_together(self, entries: Sequence[Entry]) -> list[Enriched]:
        """Enrich several entries as each would be alone, and faster: their chains as one.

        Raises:
            google.protobuf.message.DecodeError: one of them is no such event.
            InvalidValueError: one of them has no possible meaning.
        """
        raw = {
            place: chain_pb2.OptionChain.FromString(entry.payload)
            for place, entry in enumerate(entries)
            if kind_of(entry.subject) == SubjectKind.RAW_CHAINS
        }
        enriched = dict(zip(raw, self._enriched_chains([*raw.values()]), strict=True))
        return [
            _chain(entry, enriched[place]) if place in raw else _passed_on(entry)
            for place, entry in enumerate(entries)
        ]

    def _enriched_chains(self, messages: Sequence[chain_pb2.OptionChain]) -> list[bytes]:
        received = receive_chains(messages)
        analyses = analyse_together(
            [
                (each.chain, self._policy.terms(self._products.get(each.chain.product)))
                for each in received
            ]
        )
        return encode_enriched_chains(received, analyses, self._clock())

    def enrich_chain(
        self,
        raw: chain_pb2.OptionChain,
        *,
        convention: PricingConvention | None = None,
        rate: float | None = None,
        contract_size: float | None = None,
    ) -> chain_pb2.EnrichedChain:
        """Say what a raw chain means.

        Args:
            raw: the chain.
            convention: how to price it; None is as this mesh does.
            rate: interest, continuous, per year; None is that of the product's currency.
            contract_size: units of the underlying in one contract; None is the product's own.

        Raises:
            InvalidValueError: the chain has no possible meaning.
        """
        terms = self._policy.terms(
            self._products.get(raw.product),
            convention=convention,
            rate=rate,
            contract_size=contract_size,
        )
        return encode_enriched_from(raw, analyse(decode_chain(raw), terms), self._clock())


def _chain(entry: Entry, enriched: bytes) -> Enriched:
    publication = _publication(SubjectKind.ENRICHED_CHAINS, entry, enriched)
    return Enriched(source=entry, publication=publication, chains=(enriched,))


def _passed_on(entry: Entry) -> Enriched:
    return _ticks(entry) if kind_of(entry.subject) == SubjectKind.RAW_TICKS else _quotes(entry)


def _ticks(entry: Entry) -> Enriched:
    """Ticks pass on as they are."""
    batch = tick_pb2.UnderlyingTickBatch.FromString(entry.payload)
    publication = _publication(SubjectKind.ENRICHED_TICKS, entry, entry.payload)
    return Enriched(source=entry, publication=publication, ticks=tuple(batch.ticks))


def _quotes(entry: Entry) -> Enriched:
    """Single quotes are stored only: what they mean is in the chains."""
    batch = chain_pb2.OptionQuoteBatch.FromString(entry.payload)
    return Enriched(source=entry, quotes=tuple(batch.quotes))


def _publication(kind: SubjectKind, entry: Entry, payload: bytes) -> Entry:
    """Publish under the raw entry's own sequence: publishing it again changes nothing."""
    return Entry(
        subject=subject_of(kind, product_of(entry.subject)),
        sequence=entry.sequence,
        payload=payload,
        traceparent=entry.traceparent,
    )
