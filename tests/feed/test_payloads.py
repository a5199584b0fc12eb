"""What the feed puts on the bus: what the codec makes of an event, with a number and a time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fixtures.chains import BEGIN, chain

from deltastream.domain.events import OptionChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import OptionType
from deltastream.feed.payloads import chain_legs, chain_payload, quote_payload, tick_payload
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.codec.ticks import encode_quote, encode_tick

NOW = datetime(2026, 1, 20, 9, 0, 1, 250_001, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        chain(),
        replace(chain(), spot_price=None, expires_at=None),
        replace(chain(), expires_at=BEGIN + timedelta(days=7, microseconds=1)),
    ],
    ids=["as it is", "little stated", "its expiry to the microsecond"],
)
def test_a_chain_is_as_the_codec_has_it(event: OptionChain) -> None:
    payload = chain_payload(event, chain_legs(event), sequence=7, published_at=NOW)

    stamped = replace(event, sequence=7, published_at=NOW)
    assert chain_pb2.OptionChain.FromString(payload) == encode_chain(stamped)


def test_ticks_are_as_the_codec_has_them_and_numbered_one_by_one() -> None:
    ticks = [
        UnderlyingTick(product="NIFTY", price=100.05, timestamp=BEGIN, volume=None),
        UnderlyingTick(product="NIFTY", price=100.1, timestamp=BEGIN + timedelta(microseconds=1)),
        UnderlyingTick(product="NIFTY", price=99.9, timestamp=NOW, volume=0.0),
        UnderlyingTick(product="NIFTY", price=99.9, timestamp=NOW, volume=12.0),
        UnderlyingTick(product="NIFTY", price=100.0, timestamp=BEGIN, volume=None),
    ]

    payload = tick_payload(ticks, first_sequence=40, processed_at=NOW)

    assert list(tick_pb2.UnderlyingTickBatch.FromString(payload).ticks) == [
        encode_tick(replace(tick, sequence=40 + place, processed_at=NOW))
        for place, tick in enumerate(ticks)
    ]


def test_quotes_are_as_the_codec_has_them_and_numbered_one_by_one() -> None:
    quotes = [
        OptionQuote(
            symbol=f"NIFTY-20260127-{strike:.0f}-CE",
            product="NIFTY",
            expiry=date(2026, 1, 27),
            option_type=OptionType.CALL,
            strike=strike,
            timestamp=BEGIN,
            bid=strike / 1000,
        )
        for strike in (21_000.0, 21_500.0)
    ]

    payload = quote_payload(quotes, first_sequence=3)

    assert list(chain_pb2.OptionQuoteBatch.FromString(payload).quotes) == [
        encode_quote(replace(quote, sequence=3 + place)) for place, quote in enumerate(quotes)
    ]
