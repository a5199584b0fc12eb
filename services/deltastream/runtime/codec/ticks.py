"""Ticks and quotes on the wire and as values."""

from collections.abc import Sequence
from typing import Final

from deltastream.domain.events import OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType
from deltastream.domain.tick_table import TickTable
from deltastream.market.v1 import chain_pb2, product_pb2, tick_pb2
from deltastream.runtime.codec.moments import instants_in, to_date, to_datetime, to_timestamp

_QUOTE_NUMBERS: Final = ("bid", "ask", "last", "volume", "open_interest")


def encode_tick(tick: UnderlyingTick) -> tick_pb2.UnderlyingTick:
    """Encode a tick."""
    return tick_pb2.UnderlyingTick(
        product=tick.product,
        price=tick.price,
        timestamp=to_timestamp(tick.timestamp),
        sequence=tick.sequence,
        volume=tick.volume,
        processed_at=None if tick.processed_at is None else to_timestamp(tick.processed_at),
    )


def decode_tick(message: tick_pb2.UnderlyingTick) -> UnderlyingTick:
    """Decode a tick."""
    return UnderlyingTick(
        product=message.product,
        price=message.price,
        timestamp=to_datetime(message.timestamp),
        sequence=message.sequence,
        volume=message.volume if message.HasField("volume") else None,
        processed_at=(
            to_datetime(message.processed_at) if message.HasField("processed_at") else None
        ),
    )


def decode_ticks(messages: Sequence[tick_pb2.UnderlyingTick]) -> TickTable:
    """Decode ticks to columns, in half of the time.

    Moments are taken as they come: whether the calendar has them is for the caller to see. One that
    is not stated is 1970-01-01T00:00:00Z, but for `processed_at`, which is None then.
    """
    processed = instants_in([message.processed_at for message in messages])
    # A number that is not 0 is stated.
    return TickTable(
        products=[message.product for message in messages],
        sequences=[message.sequence for message in messages],
        timestamps=instants_in([message.timestamp for message in messages]),
        prices=[message.price for message in messages],
        volumes=[
            message.volume if message.volume or message.HasField("volume") else None
            for message in messages
        ],
        processed_at=[
            instant if instant or message.HasField("processed_at") else None
            for message, instant in zip(messages, processed, strict=True)
        ],
    )


def encode_quote(quote: OptionQuote) -> chain_pb2.OptionQuote:
    """Encode a quote."""
    return chain_pb2.OptionQuote(
        symbol=quote.symbol,
        product=quote.product,
        timestamp=to_timestamp(quote.timestamp),
        sequence=quote.sequence,
        expiry=quote.expiry.isoformat(),
        option_type=product_pb2.OptionType.ValueType(quote.option_type),
        strike=quote.strike,
        **{name: getattr(quote, name) for name in _QUOTE_NUMBERS},
    )


def decode_quote(message: chain_pb2.OptionQuote) -> OptionQuote:
    """Decode a quote.

    Raises:
        InvalidValueError: its expiry is not a calendar day.
    """
    return OptionQuote(
        symbol=message.symbol,
        product=message.product,
        timestamp=to_datetime(message.timestamp),
        sequence=message.sequence,
        expiry=to_date(message.expiry),
        option_type=OptionType(message.option_type),
        strike=message.strike,
        **{
            name: getattr(message, name) if message.HasField(name) else None
            for name in _QUOTE_NUMBERS
        },
    )
