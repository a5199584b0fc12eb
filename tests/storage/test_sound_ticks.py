"""Ticks that are found sound at once keep the contract's rules; nearly all that do are found."""

import math

import protovalidate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.example_counts import examples
from tests.store.market_events import tick

from deltastream.market.v1 import tick_pb2
from deltastream.runtime.codec.ticks import decode_ticks, encode_tick
from deltastream.storage.quick_rules import fields_with_rules, has_rules
from deltastream.storage.sound_ticks import CHECKED, certainly_sound
from deltastream.storage.v1 import storage_service_pb2 as pb

TICK = tick_pb2.UnderlyingTick.DESCRIPTOR
REQUEST = pb.PutTicksRequest.DESCRIPTOR
SOUND = [encode_tick(tick(1)), encode_tick(tick(2, volume=0.0)), encode_tick(tick(3, volume=5.0))]
validator = protovalidate.Validator()
NUMBERS = (
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 5e-324, 1e308]) | st.floats()
)


def found_sound(*messages: tick_pb2.UnderlyingTick) -> bool:
    return certainly_sound(decode_ticks(messages))


def keeps_the_rules(*messages: tick_pb2.UnderlyingTick) -> bool:
    return not validator.collect_violations(pb.PutTicksRequest(ticks=messages))


def test_every_rule_of_the_request_is_checked() -> None:
    assert fields_with_rules(REQUEST) == {"ticks"}
    assert has_rules(TICK)
    assert fields_with_rules(TICK) == CHECKED


def test_sound_ticks_are_found_so() -> None:
    assert found_sound(*SOUND)
    assert found_sound(*(SOUND[:1] * 10_000))


def test_no_ticks_and_too_many_are_not_found_sound() -> None:
    assert not found_sound()
    assert not found_sound(*(SOUND[:1] * 10_001))


@pytest.mark.parametrize("field", ["price", "volume"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, 0.0])
def test_each_number_is_looked_at(field: str, value: float) -> None:
    message = tick_pb2.UnderlyingTick.FromString(SOUND[0].SerializeToString())
    setattr(message, field, value)
    assert found_sound(SOUND[1], message, SOUND[2]) == keeps_the_rules(message)


@settings(deadline=None, max_examples=examples(300))
@given(
    product=st.sampled_from(["NIFTY", "", "nifty", "NIFTY\n", "N" * 33]) | st.text(max_size=4),
    price=NUMBERS,
    volume=NUMBERS | st.none(),
    sequence=st.sampled_from([0, 1, 2**64 - 1]),
    timed=st.booleans(),
)
def test_what_is_found_sound_keeps_the_rules_of_the_contract(
    product: str, price: float, volume: float | None, sequence: int, *, timed: bool
) -> None:
    message = tick_pb2.UnderlyingTick(
        product=product, price=price, volume=volume, sequence=sequence
    )
    if timed:
        message.timestamp.seconds = 1
    assert found_sound(SOUND[0], message) == keeps_the_rules(message)
