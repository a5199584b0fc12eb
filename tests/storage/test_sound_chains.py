"""What is found sound at once keeps the contract's rules; nearly everything that does is found."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import protovalidate
import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.chains import chain, enriched
from tests.fixtures.example_counts import examples

from deltastream.domain.errors import InvalidValueError
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.runtime.codec.chains import decode_enriched, encode_enriched
from deltastream.storage.quick_rules import (
    Range,
    UnknownRuleError,
    fields_with_rules,
    has_rules,
    item_counts,
    least_count,
    text_check,
)
from deltastream.storage.sound_chains import CHECKED_OF_CHAIN, CHECKED_OF_LEG, certainly_sound
from deltastream.storage.v1 import storage_service_pb2 as pb

CHAIN = chain_pb2.EnrichedChain.DESCRIPTOR
LEG = chain_pb2.OptionLeg.DESCRIPTOR
REQUEST = pb.PutChainsRequest.DESCRIPTOR
SOUND = [encode_enriched(enriched(chain(number=number))) for number in (1, 2, 3)]
validator = protovalidate.Validator()


def found_sound(*messages: chain_pb2.EnrichedChain) -> bool:
    """Decode chains as a servicer does, and say whether they are found sound at once."""
    try:
        return certainly_sound(messages, [decode_enriched(message) for message in messages])
    except (InvalidValueError, ValueError, OverflowError):
        return False


def keeps_the_rules(*messages: chain_pb2.EnrichedChain) -> bool:
    return not validator.collect_violations(pb.PutChainsRequest(chains=messages))


def messages_of(message: Descriptor) -> Iterator[Descriptor]:
    """Return a message and all that it may hold."""
    yield message
    for field in message.fields:
        if field.message_type is not None:
            yield from messages_of(field.message_type)


def test_every_rule_of_the_request_is_checked() -> None:
    with_rules = {message.full_name for message in messages_of(REQUEST) if has_rules(message)}
    assert with_rules == {REQUEST.full_name, CHAIN.full_name, LEG.full_name}
    assert fields_with_rules(REQUEST) == {"chains"}
    assert fields_with_rules(CHAIN) == CHECKED_OF_CHAIN
    assert fields_with_rules(LEG) == CHECKED_OF_LEG


@pytest.mark.parametrize(
    ("read", "field"),
    [
        (text_check, pb.ListTicksRequest.DESCRIPTOR.fields_by_name["page_token"]),
        (text_check, pb.ListChainsRequest.DESCRIPTOR.fields_by_name["expiry"]),
        (text_check, LEG.fields_by_name["strike"]),
        (Range.of, CHAIN.fields_by_name["timestamp"]),
        (least_count, pb.ListTicksRequest.DESCRIPTOR.fields_by_name["page_size"]),
        (item_counts, CHAIN.fields_by_name["product"]),
    ],
)
def test_a_rule_without_a_quick_check_is_refused(read: Callable[[Any], Any], field: Any) -> None:
    with pytest.raises(UnknownRuleError, match=field.full_name):
        read(field)


def test_bounds_are_those_of_the_contract() -> None:
    assert Range.of(LEG.fields_by_name["bid"]) == Range(bound=0.0, open=True)
    assert Range.of(LEG.fields_by_name["volume"]) == Range(bound=0.0, open=False)
    assert Range.of(LEG.fields_by_name["price_change"]) == Range(bound=-math.inf, open=False)
    assert Range.of(tick_pb2.UnderlyingTick.DESCRIPTOR.fields_by_name["price"]).open
    assert least_count(CHAIN.fields_by_name["sequence"]) == 1
    assert item_counts(REQUEST.fields_by_name["chains"]) == range(1, 501)


def test_sound_chains_are_found_so_even_when_much_is_absent() -> None:
    assert found_sound(*SOUND)
    sparse = chain_pb2.EnrichedChain()
    sparse.CopyFrom(SOUND[0])
    sparse.ClearField("spot_price")
    for leg in (*sparse.calls, *sparse.puts):
        for name in ("bid", "ask", "last", "volume", "open_interest", "quoted_iv"):
            leg.ClearField(name)
    no_legs = chain_pb2.EnrichedChain()
    no_legs.CopyFrom(SOUND[1])
    del no_legs.calls[:]
    del no_legs.puts[:]
    assert found_sound(SOUND[2], sparse, no_legs)
    assert found_sound(no_legs)


def test_no_chains_and_too_many_are_not_found_sound() -> None:
    assert not found_sound()
    assert found_sound(*(SOUND[:1] * 500))
    assert not found_sound(*(SOUND[:1] * 501))


NUMBERS = (
    st.sampled_from(
        [math.nan, -math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 5e-324, 1.0, 1e308, None]
    )
    | st.floats()
)
LEG_NUMBERS = sorted(CHECKED_OF_LEG - {"symbol"})
TEXTS = st.sampled_from(
    [
        "",
        "NIFTY",
        "NIFTY\n",
        "nifty",
        "N" * 33,
        "2026-01-27",
        "2026-01-27\n",
        "2026-13-01",
        "NIFTY-20260127-24500-CE",
        "NIFTY-20260127-24500-CE\n",
        "NIFTY-20260127-24500.5-PE",
        "NIFTY-20260127-٣-CE",
        " NIFTY-20260127-24500-CE",
    ]
) | st.text(max_size=8)


def set_or_clear(message: Any, name: str, value: object) -> None:
    if value is None:
        message.ClearField(name)
    else:
        setattr(message, name, value)


@settings(deadline=None, max_examples=examples(400))
@given(data=st.data())
def test_what_is_found_sound_keeps_the_rules_of_the_contract(data: st.DataObject) -> None:
    messages = [chain_pb2.EnrichedChain.FromString(each.SerializeToString()) for each in SOUND]
    for _ in range(data.draw(st.integers(1, 3))):
        message = messages[data.draw(st.integers(0, 2))]
        leg = data.draw(st.sampled_from([*message.calls, *message.puts]))
        what = data.draw(
            st.sampled_from(["number", "number", "symbol", "text", "spot", "sequence", "time"])
        )
        if what == "number":
            set_or_clear(leg, data.draw(st.sampled_from(LEG_NUMBERS)), data.draw(NUMBERS))
        elif what == "symbol":
            leg.symbol = data.draw(TEXTS)
        elif what == "text":
            setattr(message, data.draw(st.sampled_from(["product", "expiry"])), data.draw(TEXTS))
        elif what == "spot":
            set_or_clear(message, "spot_price", data.draw(NUMBERS))
        elif what == "sequence":
            message.sequence = data.draw(st.sampled_from([0, 1, 2**64 - 1]))
        else:
            message.ClearField("timestamp")
    if found_sound(*messages):
        assert keeps_the_rules(*messages)


@pytest.mark.parametrize("name", LEG_NUMBERS)
@pytest.mark.parametrize("side", ["calls", "puts"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
def test_each_number_of_a_leg_is_looked_at(name: str, side: str, value: float) -> None:
    message = chain_pb2.EnrichedChain.FromString(SOUND[0].SerializeToString())
    setattr(getattr(message, side)[1], name, value)
    assert found_sound(SOUND[1], message, SOUND[2]) == keeps_the_rules(message)


def test_too_many_legs_are_doubted() -> None:
    message = chain_pb2.EnrichedChain.FromString(SOUND[0].SerializeToString())
    del message.puts[:]
    for number in range(1, 2001):
        message.puts.add(symbol=f"NIFTY-20260127-{number}-PE", strike=number)
    assert found_sound(message)
    message.puts.add(symbol="NIFTY-20260127-2001-PE", strike=2001)
    assert not keeps_the_rules(message)
    assert not found_sound(message)


def test_a_day_that_is_none_is_not_found_sound() -> None:
    message = chain_pb2.EnrichedChain.FromString(SOUND[0].SerializeToString())
    message.expiry = date(2026, 2, 28).isoformat().replace("28", "30")
    assert keeps_the_rules(message)
    assert not found_sound(message)
