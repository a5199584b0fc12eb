"""Chains survive the wire: what is stated comes back, what is absent stays absent."""

import math
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.chains import chain, enriched

from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import LEG_COLUMNS, EnrichedChain, Legs
from deltastream.domain.figures import (
    FIGURE_CODES,
    FIGURE_COLUMNS,
    Buildup,
    ChainAnalysis,
    LegFigures,
    PriceBasis,
)
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.chains import (
    decode_chain,
    decode_enriched,
    decode_enriched_chains,
    encode_chain,
    encode_enriched,
    encode_enriched_chains,
    encode_enriched_from,
    receive_chains,
)

STRIKES = 5
number = st.just(math.nan) | st.just(0.0) | st.floats(allow_nan=False, allow_infinity=False)
column = st.lists(number, min_size=STRIKES, max_size=STRIKES).map(np.array)


def code(members: type[IntEnum]) -> st.SearchStrategy[int]:
    return st.sampled_from([0, *members])


@st.composite
def any_legs(draw: st.DrawFn) -> Legs:
    columns = {name: draw(column) for name in LEG_COLUMNS[1:]}
    return Legs(strikes=np.arange(1.0, STRIKES + 1.0) * 50.5, **columns)


@st.composite
def any_figures(draw: st.DrawFn) -> LegFigures:
    # Where there is no volatility there is no other number either.
    absent = np.array(draw(st.lists(st.booleans(), min_size=STRIKES, max_size=STRIKES)))
    columns: dict[str, Any] = {
        name: np.where(absent, np.nan, np.nan_to_num(draw(column))) for name in FIGURE_COLUMNS
    }
    columns |= {
        name: np.array(draw(st.lists(code(members), min_size=STRIKES, max_size=STRIKES)), np.int8)
        for name, members in zip(FIGURE_CODES, (MissingReason, PriceBasis, Buildup), strict=True)
    }
    return LegFigures(**columns)


def assert_same_columns(one: Legs | LegFigures, other: Legs | LegFigures) -> None:
    for each in fields(one):
        assert getattr(one, each.name) == pytest.approx(
            getattr(other, each.name), rel=0, abs=0, nan_ok=True
        ), each.name


def over_the_wire(value: EnrichedChain) -> EnrichedChain:
    payload = encode_enriched(value).SerializeToString()
    return decode_enriched(chain_pb2.EnrichedChain.FromString(payload))


@given(calls=any_legs(), puts=any_legs(), call_figures=any_figures(), put_figures=any_figures())
def test_an_enriched_chain_comes_back_as_it_was(
    calls: Legs, puts: Legs, call_figures: LegFigures, put_figures: LegFigures
) -> None:
    sent = replace(
        enriched(chain()),
        chain=replace(chain(), calls=calls, puts=puts),
        call_figures=call_figures,
        put_figures=put_figures,
    )

    received = over_the_wire(sent)

    assert_same_columns(received.chain.calls, calls)
    assert_same_columns(received.chain.puts, puts)
    assert_same_columns(received.call_figures, call_figures)
    assert_same_columns(received.put_figures, put_figures)


def test_everything_that_was_computed_of_the_whole_comes_back() -> None:
    sent = enriched(replace(chain(), published_at=datetime(2026, 1, 20, 9, tzinfo=UTC)))

    received = over_the_wire(sent)

    assert received.metrics == sent.metrics
    assert received.metrics.convention is sent.metrics.convention
    assert received.metrics.missing
    assert received.processed_at == sent.processed_at
    assert replace(received.chain, calls=sent.chain.calls, puts=sent.chain.puts).published_at == (
        sent.chain.published_at
    )


def test_a_raw_chain_comes_back_without_figures() -> None:
    message = encode_chain(chain())

    assert_same_columns(decode_chain(message).calls, chain().calls)
    assert not any(leg.HasField("iv") for leg in message.calls)


def test_a_chain_without_legs_is_a_chain() -> None:
    nothing = Legs.from_table(np.empty((0, len(LEG_COLUMNS))))

    decoded = decode_chain(encode_chain(replace(chain(), calls=nothing, puts=nothing)))

    assert (len(decoded.calls), len(decoded.puts)) == (0, 0)


def with_sides(*, calls: bool, puts: bool) -> EnrichedChain:
    """Return an enriched chain that has legs on some sides."""
    whole, nothing = chain(), Legs.from_table(np.empty((0, len(LEG_COLUMNS))))
    return enriched(
        replace(
            whole,
            calls=whole.calls if calls else nothing,
            puts=whole.puts if puts else nothing,
        )
    )


@pytest.mark.parametrize("calls", [False, True])
@pytest.mark.parametrize("puts", [False, True])
def test_a_chain_is_read_alone_as_it_is_among_others(*, calls: bool, puts: bool) -> None:
    one = with_sides(calls=calls, puts=puts)
    several = [with_sides(calls=True, puts=False), one, with_sides(calls=False, puts=True)]

    among = decode_enriched_chains([encode_enriched(each) for each in several])

    for received, sent in [(over_the_wire(one), one), *zip(among, several, strict=True)]:
        for side in ("calls", "puts"):
            assert_same_columns(getattr(received.chain, side), getattr(sent.chain, side))
        for side in ("call_figures", "put_figures"):
            assert_same_columns(getattr(received, side), getattr(sent, side))
            assert getattr(received, side).iv.dtype == np.float64
            assert getattr(received, side).buildup.dtype == np.int8
        assert (received.metrics, received.processed_at) == (sent.metrics, sent.processed_at)


def test_strikes_that_do_not_ascend_are_refused_naming_the_side() -> None:
    message = encode_chain(chain())
    message.puts[0].strike = message.puts[1].strike

    with pytest.raises(InvalidValueError, match="puts"):
        decode_chain(message)


@given(every=st.lists(st.tuples(any_legs(), any_legs()), max_size=4))
def test_chains_enriched_together_are_encoded_as_each_is_alone(
    every: list[tuple[Legs, Legs]],
) -> None:
    whole = enriched(chain())
    raw = [encode_chain(replace(chain(), calls=calls, puts=puts)) for calls, puts in every]
    figures = LegFigures.none(STRIKES)
    analysis = ChainAnalysis(call_figures=figures, put_figures=figures, metrics=whole.metrics)

    encoded = encode_enriched_chains(receive_chains(raw), [analysis] * len(raw), whole.processed_at)

    assert [chain_pb2.EnrichedChain.FromString(each) for each in encoded] == [
        encode_enriched_from(each, analysis, whole.processed_at) for each in raw
    ]
