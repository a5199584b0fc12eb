"""Recordings made by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fixtures.chains import EXPIRY

from deltastream.domain.events import MarketEvent, OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType, Product, QuantityUnit
from deltastream.market.v1 import recording_pb2
from deltastream.recording.file import writing
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.codec.products import encode_product
from deltastream.runtime.codec.ticks import encode_quote, encode_tick

RECORDED_AT = datetime(2026, 1, 20, 12, tzinfo=UTC)
TEN = datetime(2026, 1, 20, 4, 30, tzinfo=UTC)


def product(symbol: str = "NIFTY") -> Product:
    """Describe a product."""
    return Product(
        symbol=symbol,
        name=symbol,
        exchange="XNSE",
        currency="INR",
        time_zone="Asia/Kolkata",
        lot_size=75.0,
        tick_size=0.05,
        strike_step=50.0,
        quantity_unit=QuantityUnit.CONTRACTS,
    )


def tick(seconds: float, symbol: str = "NIFTY", *, price: float = 100.0) -> UnderlyingTick:
    """Return a tick some seconds after ten o'clock in India."""
    at = TEN + timedelta(seconds=seconds)
    return UnderlyingTick(product=symbol, price=price, timestamp=at, sequence=1)


def quote(seconds: float) -> OptionQuote:
    """Return a quote some seconds after ten o'clock in India."""
    return OptionQuote(
        symbol=f"NIFTY-{EXPIRY:%Y%m%d}-100-CE",
        product="NIFTY",
        expiry=EXPIRY,
        option_type=OptionType.CALL,
        strike=100.0,
        timestamp=TEN + timedelta(seconds=seconds),
        sequence=1,
        bid=3.0,
    )


def message_of(event: MarketEvent | Product) -> recording_pb2.RecordedEvent:
    """Encode what happened."""
    match event:
        case Product():
            return recording_pb2.RecordedEvent(product=encode_product(event))
        case UnderlyingTick():
            return recording_pb2.RecordedEvent(tick=encode_tick(event))
        case OptionQuote():
            return recording_pb2.RecordedEvent(quote=encode_quote(event))
        case OptionChain():
            return recording_pb2.RecordedEvent(chain=encode_chain(event))


def recording(path: Path, events: Iterable[MarketEvent | Product]) -> Path:
    """Write a recording."""
    with writing(path, description="by hand", recorded_at=RECORDED_AT) as writer:
        for event in events:
            writer.write(message_of(event))
    return path
