"""What the examples of the document show: one moment of one product."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.logs.v1 import logs_service_pb2
from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import (
    EnrichedChain,
    OptionChain,
    OptionLeg,
    OptionQuote,
)
from deltastream.market.v1.product_pb2 import OPTION_TYPE_CALL
from deltastream.market.v1.session_pb2 import MARKET_SESSION_OPEN
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.stream.v1 import stream_pb2

PRODUCT: Final = "NIFTY"
EXPIRY: Final = "2026-01-27"
SEQUENCE: Final = 1_769_500_800_000_001
SEQ: Final = 1_812_316_569_600_001
RESUME_TOKEN: Final = "AXsiTklGVFkiOjF9"  # noqa: S105 - a position in a stream
_STRIKE: Final = 24500.0
_MOMENT: Final = datetime(2026, 1, 27, 8, 0, tzinfo=UTC)


def _at(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


TICK: Final = UnderlyingTick(
    product=PRODUCT, price=24512.35, timestamp=_at(_MOMENT), sequence=SEQUENCE
)
CHAIN: Final = EnrichedChain(
    product=PRODUCT,
    expiry=EXPIRY,
    spot_price=24512.35,
    timestamp=_at(_MOMENT),
    sequence=SEQUENCE,
    pcr_oi=0.92,
    pcr_volume=1.04,
    atm_strike=_STRIKE,
    atm_straddle_price=151.3,
    max_pain_strike=_STRIKE,
    total_call_oi=812_400.0,
    total_put_oi=747_408.0,
    calls=[
        OptionLeg(
            symbol="NIFTY-20260127-24500-CE",
            strike=_STRIKE,
            bid=81.1,
            ask=81.5,
            iv=0.112,
            delta=0.54,
        )
    ],
    puts=[
        OptionLeg(
            symbol="NIFTY-20260127-24500-PE",
            strike=_STRIKE,
            bid=69.8,
            ask=70.2,
            iv=0.115,
            delta=-0.46,
        )
    ],
    processed_at=_at(_MOMENT + timedelta(milliseconds=8)),
)
EVENTS: Final[Mapping[str, Message]] = {
    message.DESCRIPTOR.full_name: message
    for message in (
        TICK,
        CHAIN,
        OptionChain(
            product=PRODUCT,
            expiry=EXPIRY,
            spot_price=24512.35,
            timestamp=_at(_MOMENT),
            sequence=SEQUENCE,
            calls=[OptionLeg(symbol="NIFTY-20260127-24500-CE", strike=_STRIKE, bid=81.1, ask=81.5)],
        ),
        OptionQuote(
            symbol="NIFTY-20260127-24500-CE",
            product=PRODUCT,
            timestamp=_at(_MOMENT),
            sequence=SEQUENCE,
            expiry=EXPIRY,
            option_type=OPTION_TYPE_CALL,
            strike=_STRIKE,
            bid=81.1,
            ask=81.5,
        ),
        Candle(
            product=PRODUCT,
            window_minutes=5,
            start=_at(_MOMENT - timedelta(minutes=5)),
            open=24498.0,
            high=24515.4,
            low=24496.7,
            close=24512.35,
            tick_count=412,
        ),
        logs_service_pb2.LogRecord(
            sequence=SEQUENCE,
            timestamp=_at(_MOMENT),
            service="storage",
            level=logs_service_pb2.LOG_LEVEL_WARNING,
            event="dependency_changed",
            fields={"dependency": "auth"},
        ),
    )
}
"""An event of each kind that streams carry, by the full name of its type."""

CONTROL: Final[Mapping[str, Message]] = {
    "started": stream_pb2.Started(
        subscriptions=[
            stream_pb2.Subscription(product=PRODUCT, outcome=stream_pb2.SUBSCRIPTION_OUTCOME_OK)
        ],
        delivery=stream_pb2.DELIVERY_POLICY_CONFLATED,
        heartbeat_interval=Duration(seconds=5),
        epoch="01KFX3Q2",
    ),
    "caught_up": stream_pb2.CaughtUp(),
    "heartbeat": stream_pb2.Heartbeat(last_event_at=_at(_MOMENT), session=MARKET_SESSION_OPEN),
}
"""Some frames that are no data, by the field that holds them."""
