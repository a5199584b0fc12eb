"""Enriched chains as rows: columns for what they mean, blobs for their legs."""

from datetime import date
from typing import Final

from deltastream.adapters.microseconds import (
    microseconds_of,
    moment_of,
    optional_microseconds_of,
    optional_moment_of,
)
from deltastream.adapters.store.sqlite.figures import decode_figures, encode_figures
from deltastream.adapters.store.sqlite.legs import NO_LEGS, decode_legs, encode_legs
from deltastream.adapters.store.sqlite.metrics import METRIC_COLUMNS, metrics_of, metrics_row
from deltastream.adapters.store.sqlite.table import Row
from deltastream.domain.events import EnrichedChain, Legs, OptionChain
from deltastream.domain.figures import LegFigures

_CHAIN_COLUMNS: Final = (
    "product",
    "expiry",
    "timestamp",
    "sequence",
    "spot_price",
    "expires_at",
    "published_at",
    "processed_at",
)
SUMMARY_COLUMNS: Final = (*_CHAIN_COLUMNS, *METRIC_COLUMNS)
FULL_COLUMNS: Final = (*SUMMARY_COLUMNS, "calls", "puts", "call_figures", "put_figures")
# The strike is the first of the ties; it has a column for those who read the database with SQL.
WRITTEN_COLUMNS: Final = (*FULL_COLUMNS, "max_pain_strike")

_Side = tuple[Legs, LegFigures]
_NO_SIDE: Final[_Side] = (NO_LEGS, LegFigures.none(0))


def row_of(enriched: EnrichedChain) -> Row:
    """Return the values of WRITTEN_COLUMNS."""
    chain = enriched.chain
    return (
        chain.product,
        chain.expiry.isoformat(),
        microseconds_of(chain.timestamp),
        chain.sequence,
        chain.spot_price,
        optional_microseconds_of(chain.expires_at),
        optional_microseconds_of(chain.published_at),
        microseconds_of(enriched.processed_at),
        *metrics_row(enriched.metrics),
        encode_legs(chain.calls),
        encode_legs(chain.puts),
        encode_figures(enriched.call_figures),
        encode_figures(enriched.put_figures),
        enriched.metrics.max_pain_strike,
    )


def chain_of(row: Row) -> EnrichedChain:
    """Read the values of FULL_COLUMNS."""
    *summary, calls, puts, call_figures, put_figures = row
    call_legs, put_legs = decode_legs(calls), decode_legs(puts)
    return _chain_of(
        tuple(summary),
        (call_legs, decode_figures(call_figures, count=len(call_legs))),
        (put_legs, decode_figures(put_figures, count=len(put_legs))),
    )


def summary_of(row: Row) -> EnrichedChain:
    """Read the values of SUMMARY_COLUMNS as a chain without legs."""
    return _chain_of(row, _NO_SIDE, _NO_SIDE)


def _chain_of(row: Row, calls: _Side, puts: _Side) -> EnrichedChain:
    (
        product,
        expiry,
        timestamp,
        sequence,
        spot_price,
        expires_at,
        published_at,
        processed_at,
        *metrics,
    ) = row
    return EnrichedChain(
        chain=OptionChain(
            product=product,
            expiry=date.fromisoformat(expiry),
            spot_price=spot_price,
            timestamp=moment_of(timestamp),
            calls=calls[0],
            puts=puts[0],
            expires_at=optional_moment_of(expires_at),
            sequence=sequence,
            published_at=optional_moment_of(published_at),
        ),
        call_figures=calls[1],
        put_figures=puts[1],
        metrics=metrics_of(tuple(metrics)),
        processed_at=moment_of(processed_at),
    )
