"""Quotes as rows."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Final

from deltastream.adapters.microseconds import microseconds_of, moment_of
from deltastream.adapters.store.newest import newest
from deltastream.adapters.store.sqlite.listing import Listing
from deltastream.adapters.store.sqlite.table import Row, Table
from deltastream.domain.events import OptionQuote
from deltastream.domain.instruments import OptionType
from deltastream.ports.store import Window, Written

_COLUMNS: Final = (
    "symbol",
    "timestamp",
    "sequence",
    "product",
    "expiry",
    "option_type",
    "strike",
    "bid",
    "ask",
    "last",
    "volume",
    "open_interest",
)
_TABLE: Final = Table(
    name="quotes",
    columns=_COLUMNS,
    key=("symbol", "timestamp"),
    replaces="excluded.sequence > quotes.sequence",
)
LISTING: Final = Listing(table="quotes", columns=_COLUMNS, filters=("symbol",))


def put_quotes(connection: sqlite3.Connection, quotes: Sequence[OptionQuote]) -> Written:
    """Write quotes; of one option and time, that of the highest sequence holds."""
    latest = newest(
        quotes,
        key=lambda quote: (quote.symbol, quote.timestamp),
        rank=lambda quote: quote.sequence,
    )
    stored = _TABLE.put(connection, map(_row_of, latest))
    return Written(stored=stored, unchanged=len(quotes) - stored)


def list_quotes(connection: sqlite3.Connection, symbol: str, window: Window) -> list[OptionQuote]:
    """Read the quotes of a window."""
    return [_quote_of(row) for row in LISTING.read(connection, (symbol,), window)]


def _row_of(quote: OptionQuote) -> Row:
    return (
        quote.symbol,
        microseconds_of(quote.timestamp),
        quote.sequence,
        quote.product,
        quote.expiry.isoformat(),
        quote.option_type.name,
        quote.strike,
        quote.bid,
        quote.ask,
        quote.last,
        quote.volume,
        quote.open_interest,
    )


def _quote_of(row: Row) -> OptionQuote:
    quote = dict(zip(_COLUMNS, row, strict=True))
    quote["timestamp"] = moment_of(quote["timestamp"])
    quote["expiry"] = date.fromisoformat(quote["expiry"])
    quote["option_type"] = OptionType[quote["option_type"]]
    return OptionQuote(**quote)
