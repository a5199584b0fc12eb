"""Legs read and written as columns are those that the generated classes read and write."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.example_counts import examples

from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import LEG_COLUMNS, Legs
from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.figures import decode_enriched_legs, encode_enriched_legs
from deltastream.runtime.codec.legs import LEG_FIELDS, EncodedLegs, decode_legs, encode_legs
from deltastream.runtime.codec.wire import fields_of

OPTIONAL = [field.name for field in chain_pb2.OptionLeg.DESCRIPTOR.fields if field.has_presence]
number = st.just(0.0) | st.floats(allow_nan=False, allow_infinity=False)
codes = st.fixed_dictionaries({name: st.integers(0, 4) for name in FIGURE_CODES})


@st.composite
def sides(draw: st.DrawFn) -> list[chain_pb2.OptionLeg]:
    """Legs of ascending strikes, each with some of the fields set."""
    strikes = sorted(draw(st.sets(st.integers(1, 200_000), max_size=12)))
    return [
        chain_pb2.OptionLeg(
            symbol=f"X-20260127-{strike}-CE",
            strike=strike,
            **_fields(draw(st.dictionaries(st.sampled_from(OPTIONAL), number, max_size=20))),
            **_fields(draw(codes)),
        )
        for strike in strikes
    ]


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    """Say to the type checker that each field has a value of its own type."""
    return values


def stated(leg: chain_pb2.OptionLeg, name: str) -> float:
    """Ask the generated class for a number; NaN when it is absent."""
    if name in OPTIONAL and not leg.HasField(name):  # type: ignore[arg-type]
        return math.nan
    return float(getattr(leg, name))


def assert_columns(columns: Any, legs: list[chain_pb2.OptionLeg], names: dict[str, str]) -> None:
    for column, field in names.items():
        expected = [stated(leg, field) for leg in legs]
        assert np.array_equal(getattr(columns, column), expected, equal_nan=True), column


# Each is of up to dozens of legs, of two dozen numbers each.
few = settings(max_examples=examples(40))
STATED = dict(zip(LEG_COLUMNS, LEG_FIELDS, strict=True))
COMPUTED = {name: name for name in (*FIGURE_COLUMNS, *FIGURE_CODES)}


@few
@given(calls=sides(), puts=sides())
def test_every_number_is_read_as_the_generated_classes_read_it(
    calls: list[chain_pb2.OptionLeg], puts: list[chain_pb2.OptionLeg]
) -> None:
    message = chain_pb2.EnrichedChain(calls=calls, puts=puts)

    ((legs, figures),) = decode_enriched_legs([message])

    for side, columns, computed in zip((calls, puts), legs, figures, strict=True):
        assert_columns(columns, side, STATED)
        assert_columns(computed, side, COMPUTED)


@few
@given(every=st.lists(st.tuples(sides(), sides()), max_size=5))
def test_chains_read_together_are_those_read_alone(
    every: list[tuple[list[chain_pb2.OptionLeg], list[chain_pb2.OptionLeg]]],
) -> None:
    messages = [chain_pb2.EnrichedChain(calls=calls, puts=puts) for calls, puts in every]

    for (calls, puts), (legs, figures) in zip(every, decode_enriched_legs(messages), strict=True):
        for side, columns, computed in zip((calls, puts), legs, figures, strict=True):
            assert_columns(columns, side, STATED)
            assert_columns(computed, side, COMPUTED)


@given(calls=sides(), puts=sides())
def test_encoded_legs_are_the_messages_that_the_generated_classes_make(
    calls: list[chain_pb2.OptionLeg], puts: list[chain_pb2.OptionLeg]
) -> None:
    raw = chain_pb2.OptionChain(calls=map(_as_stated, calls), puts=map(_as_stated, puts))
    decoded = decoded_legs(raw)
    assert_columns(decoded[0], calls, STATED)

    encoded = encode_legs(*decoded, product="X", expiry=date(2026, 1, 27))

    again = chain_pb2.OptionChain.FromString(encoded)
    assert list(again.calls) == list(raw.calls)
    assert [put.strike for put in again.puts] == [put.strike for put in raw.puts]
    assert all(put.symbol.endswith("-PE") for put in again.puts)


@given(legs=sides())
def test_computed_figures_are_added_to_legs_that_stay_as_they_came(
    legs: list[chain_pb2.OptionLeg],
) -> None:
    raw = chain_pb2.OptionChain(calls=map(_as_stated, legs))
    ((_, (figures, nothing)),) = decode_enriched_legs([chain_pb2.EnrichedChain(calls=legs)])

    (written,) = encode_enriched_legs([(EncodedLegs.of(raw), figures, nothing)])
    encoded = chain_pb2.EnrichedChain.FromString(written)

    for before, after, complete in zip(raw.calls, encoded.calls, legs, strict=True):
        computed = {name: stated(complete, name) for name in COMPUTED}
        if math.isnan(computed["iv"]):
            computed |= dict.fromkeys(FIGURE_COLUMNS, math.nan)
        expected = chain_pb2.OptionLeg()
        expected.CopyFrom(before)
        for name, value in computed.items():
            if not math.isnan(value):
                setattr(expected, name, int(value) if name in FIGURE_CODES else value)
        assert after == expected


def test_what_a_newer_contract_adds_to_a_leg_is_passed_over() -> None:
    leg = chain_pb2.OptionLeg(symbol="X", strike=5.0, bid=1.0)
    newer = leg.SerializeToString() + bytes.fromhex("f801ac02 fd01 00000000 8202 03616263")
    message = chain_pb2.EnrichedChain(calls=[chain_pb2.OptionLeg.FromString(newer), leg])
    message.calls[1].strike = 6.0

    (((calls, _), _),) = decode_enriched_legs([message])

    assert calls.strikes.tolist() == [5.0, 6.0]
    assert calls.bid.tolist() == [1.0, 1.0]


def test_a_field_of_another_type_than_the_contract_has_is_passed_over() -> None:
    # Field 3, the bid, as a varint: protobuf keeps it among the unknown fields.
    odd = chain_pb2.OptionLeg.FromString(
        chain_pb2.OptionLeg(symbol="X", strike=5.0).SerializeToString() + b"\x18\x07"
    )

    calls, _ = decoded_legs(chain_pb2.OptionChain(calls=[odd]))

    assert np.isnan(calls.bid).all()


@pytest.mark.parametrize("broken", [b"\x0b", b"\x11\x00", b"\x0a", b"\x0a\x05ab", b"\x80"])
def test_what_is_no_message_is_refused(broken: bytes) -> None:
    with pytest.raises(InvalidValueError, match="legs"):
        list(fields_of(broken))


def decoded_legs(message: chain_pb2.OptionChain) -> tuple[Legs, Legs]:
    (sides,) = decode_legs([EncodedLegs.of(message)])
    return sides


def _as_stated(leg: chain_pb2.OptionLeg) -> chain_pb2.OptionLeg:
    """Return a leg with only what a source states."""
    raw = chain_pb2.OptionLeg()
    raw.CopyFrom(leg)
    for name in COMPUTED:
        raw.ClearField(name)  # type: ignore[arg-type]
    return raw


def test_legs_of_every_layout_are_read_however_many_there_are() -> None:
    legs = [
        chain_pb2.OptionLeg(
            symbol="X" * (1 + at % 40),
            strike=at + 1.0,
            **_fields({name: at + 0.5 for bit, name in enumerate(OPTIONAL[:8]) if at >> bit & 1}),
        )
        for at in range(2500)
    ]

    calls, _ = decoded_legs(chain_pb2.OptionChain(calls=legs))

    assert isinstance(calls, Legs)
    assert_columns(calls, legs, STATED)


def test_figures_of_a_side_without_legs_are_empty() -> None:
    ((_, (calls, puts)),) = decode_enriched_legs([chain_pb2.EnrichedChain()])

    assert isinstance(calls, LegFigures)
    assert (len(calls.iv), len(puts.iv)) == (0, 0)
