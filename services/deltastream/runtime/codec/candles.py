"""Candles on the wire and as values."""

from deltastream.domain.events import Candle
from deltastream.market.v1 import candle_pb2
from deltastream.runtime.codec.moments import to_datetime, to_timestamp


def encode_candle(candle: Candle) -> candle_pb2.Candle:
    """Encode a candle."""
    return candle_pb2.Candle(
        product=candle.product,
        window_minutes=candle.window_minutes,
        start=to_timestamp(candle.start),
        open=candle.open,
        high=candle.high,
        low=candle.low,
        close=candle.close,
        volume=candle.volume,
        tick_count=candle.tick_count,
        mean=candle.mean,
        variance=candle.variance,
        state=(
            candle_pb2.CANDLE_STATE_FINAL if candle.final else candle_pb2.CANDLE_STATE_PROVISIONAL
        ),
        revision=candle.revision,
        imputed=candle.imputed,
    )


def decode_candle(message: candle_pb2.Candle) -> Candle:
    """Decode a candle."""
    return Candle(
        product=message.product,
        window_minutes=message.window_minutes,
        start=to_datetime(message.start),
        open=message.open,
        high=message.high,
        low=message.low,
        close=message.close,
        volume=message.volume if message.HasField("volume") else None,
        tick_count=message.tick_count,
        mean=message.mean if message.HasField("mean") else None,
        variance=message.variance if message.HasField("variance") else None,
        final=message.state == candle_pb2.CANDLE_STATE_FINAL,
        revision=message.revision,
        imputed=message.imputed,
    )
