"""What the bus is given: events as encoded messages, with what the feed adds to them.

An encoded message is the sum of its encoded parts, and its numbers and times are those of the event
it is made of: so neither is an event copied to be stamped, nor do legs become messages on the way.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deltastream.domain.events import OptionChain, OptionQuote, UnderlyingTick
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.runtime.codec.legs import encode_legs
from deltastream.runtime.codec.moments import set_timestamp, to_timestamp
from deltastream.runtime.codec.ticks import encode_quote
from deltastream.runtime.codec.wire import element

_TICKS: Final = tick_pb2.UnderlyingTickBatch.TICKS_FIELD_NUMBER


def tick_payload(
    ticks: Sequence[UnderlyingTick], *, first_sequence: int, processed_at: datetime
) -> bytes:
    """Encode ticks as a batch, numbered from a sequence on."""
    # One message, changed from tick to tick: to make one of each takes twice as long.
    message = tick_pb2.UnderlyingTick(processed_at=to_timestamp(processed_at))
    encoded = []
    for sequence, tick in enumerate(ticks, start=first_sequence):
        message.product = tick.product
        message.price = tick.price
        set_timestamp(message.timestamp, tick.timestamp)
        message.sequence = sequence
        if tick.volume is None:
            message.ClearField("volume")
        else:
            message.volume = tick.volume
        encoded.append(element(_TICKS, message.SerializeToString()))
    return b"".join(encoded)


def quote_payload(quotes: Sequence[OptionQuote], *, first_sequence: int) -> bytes:
    """Encode quotes as a batch, numbered from a sequence on."""
    batch = chain_pb2.OptionQuoteBatch(quotes=map(encode_quote, quotes))
    for sequence, quote in enumerate(batch.quotes, start=first_sequence):
        quote.sequence = sequence
    return batch.SerializeToString()


def chain_legs(chain: OptionChain) -> bytes:
    """Encode the legs of a chain, which take most of its time and depend on no number."""
    return encode_legs(chain.calls, chain.puts, product=chain.product, expiry=chain.expiry)


def chain_payload(
    chain: OptionChain, legs: bytes, *, sequence: int, published_at: datetime
) -> bytes:
    """Encode a chain, of which `chain_legs` has encoded the legs."""
    expires_at = chain.expires_at
    without_legs = chain_pb2.OptionChain(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        spot_price=chain.spot_price,
        timestamp=to_timestamp(chain.timestamp),
        sequence=sequence,
        expires_at=None if expires_at is None else to_timestamp(expires_at),
        published_at=to_timestamp(published_at),
    )
    return without_legs.SerializeToString() + legs
