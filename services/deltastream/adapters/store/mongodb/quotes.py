"""Quotes as documents."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bson.int64 import Int64

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.connection import Document, MarketDatabase
from deltastream.adapters.store.mongodb.fields import read_stated, stated
from deltastream.adapters.store.mongodb.listing import Listing
from deltastream.adapters.store.mongodb.moments import moment_fields, stored_moment
from deltastream.adapters.store.mongodb.writing import Write, put
from deltastream.adapters.store.newest import newest
from deltastream.domain.events import OptionQuote
from deltastream.domain.instruments import OptionType
from deltastream.ports.store import Window, Written

_OPTIONAL: Final = ("bid", "ask", "last", "volume", "open_interest")
_LISTING: Final = Listing()


async def put_quotes(database: MarketDatabase, quotes: Sequence[OptionQuote]) -> Written:
    """Write quotes; of one option and time, that of the highest sequence holds."""
    latest = newest(
        quotes,
        key=lambda quote: (quote.symbol, quote.timestamp),
        rank=lambda quote: quote.sequence,
    )
    stored = await put(database["quotes"], [_write_of(quote) for quote in latest])
    return Written(stored=stored, unchanged=len(quotes) - stored)


async def list_quotes(database: MarketDatabase, symbol: str, window: Window) -> list[OptionQuote]:
    """Read the quotes of a window."""
    listed = await _LISTING.read(database["quotes"], {"symbol": symbol}, window)
    return [_quote_of(document) for document in listed]


def _write_of(quote: OptionQuote) -> Write:
    return Write(document=_document_of(quote), older={"sequence": {"$lt": Int64(quote.sequence)}})


def _document_of(quote: OptionQuote) -> Document:
    return {
        "_id": f"{quote.symbol}:{microseconds_of(quote.timestamp)}",
        "symbol": quote.symbol,
        "product": quote.product,
        **moment_fields("timestamp", quote.timestamp),
        "sequence": Int64(quote.sequence),
        "expiry": quote.expiry.isoformat(),
        "option_type": quote.option_type.name,
        "strike": float(quote.strike),
        **stated(quote, *_OPTIONAL),
    }


def _quote_of(document: Document) -> OptionQuote:
    return OptionQuote(
        symbol=document["symbol"],
        product=document["product"],
        timestamp=stored_moment(document, "timestamp"),
        sequence=int(document["sequence"]),
        expiry=date.fromisoformat(document["expiry"]),
        option_type=OptionType[document["option_type"]],
        strike=document["strike"],
        **read_stated(document, *_OPTIONAL),
    )
