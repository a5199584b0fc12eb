"""Enriched chains as documents: what they mean, and their legs nested as `calls` and `puts`."""

from datetime import date

from bson.int64 import Int64

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import Document
from deltastream.adapters.store.mongodb.fields import read_stated, stated
from deltastream.adapters.store.mongodb.legs import NO_SIDE, Side, side_documents, side_of
from deltastream.adapters.store.mongodb.metrics import metric_fields, metrics_of
from deltastream.adapters.store.mongodb.moments import (
    moment_fields,
    optional_stored_moment,
    stored_moment,
)
from deltastream.domain.events import EnrichedChain, OptionChain
from deltastream.domain.instruments import OptionType

LEGS = ("calls", "puts")
"""The fields that a chain without legs is read without."""


def document_of(enriched: EnrichedChain) -> Document:
    """Return the document of a chain."""
    chain = enriched.chain
    return {
        "_id": f"{chain.product}:{chain.expiry}:{microseconds_of(chain.timestamp)}",
        "product": chain.product,
        "expiry": chain.expiry.isoformat(),
        **moment_fields("timestamp", chain.timestamp),
        "sequence": Int64(chain.sequence),
        **stated(chain, "spot_price"),
        **moment_fields("expires_at", chain.expires_at),
        **moment_fields("published_at", chain.published_at),
        **moment_fields("processed_at", enriched.processed_at),
        **metric_fields(enriched.metrics),
        "calls": _legs_of(chain, (chain.calls, enriched.call_figures), OptionType.CALL),
        "puts": _legs_of(chain, (chain.puts, enriched.put_figures), OptionType.PUT),
    }


def chain_of(document: Document) -> EnrichedChain:
    """Read a document; one that was read without its legs is a chain without them."""
    calls, puts = (side_of(document[side]) if side in document else NO_SIDE for side in LEGS)
    return EnrichedChain(
        chain=OptionChain(
            product=document["product"],
            expiry=date.fromisoformat(document["expiry"]),
            timestamp=stored_moment(document, "timestamp"),
            sequence=int(document["sequence"]),
            **read_stated(document, "spot_price"),
            expires_at=optional_stored_moment(document, "expires_at"),
            published_at=optional_stored_moment(document, "published_at"),
            calls=calls[0],
            puts=puts[0],
        ),
        call_figures=calls[1],
        put_figures=puts[1],
        metrics=metrics_of(document),
        processed_at=stored_moment(document, "processed_at"),
    )


def _legs_of(chain: OptionChain, side: Side, option_type: OptionType) -> list[Document]:
    return side_documents(side, product=chain.product, expiry=chain.expiry, option_type=option_type)
