"""The forward price that a chain implies."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.arrays import FloatArray
from deltastream.domain.figures import ForwardBasis, PriceBasis
from deltastream.domain.forward import Forward, implied_forwards
from deltastream.domain.leg_prices import LegPrices
from deltastream.domain.missing import MissingReason

RATE, YEARS = 0.05, 0.25
DISCOUNT = math.exp(-RATE * YEARS)
STRIKES = np.arange(80.0, 121.0, 5.0)
ABSENT = math.nan


def prices(calls: FloatArray, puts: FloatArray, *, basis: PriceBasis = PriceBasis.MID) -> LegPrices:
    price = np.array([calls, puts])[:, None]
    absent = np.isnan(price)
    return LegPrices(
        price=price,
        basis=np.where(absent, 0, basis).astype(np.int8),
        reasons=np.where(absent, MissingReason.NO_PRICE, 0).astype(np.int8),
    )


def in_parity(forward: float, *, time_value: float = 3.0) -> tuple[FloatArray, FloatArray]:
    """Price calls and puts of all STRIKES so that parity holds."""
    puts = DISCOUNT * np.maximum(STRIKES - forward, 0.0) + time_value
    return puts + DISCOUNT * (forward - STRIKES), puts


def implied(given_prices: LegPrices, *, spot: float | None = 100.0) -> Forward | None:
    """Return the forward of one chain."""
    return implied_forwards(
        strikes=STRIKES[None],
        prices=given_prices,
        spot=np.array([ABSENT if spot is None else spot]),
        rate=np.array([RATE]),
        years=np.array([YEARS]),
    ).of_chain(0)


@given(forward=st.floats(60.0, 140.0), spot=st.none() | st.floats(50.0, 150.0))
def test_quotes_in_parity_imply_their_forward_whatever_spot_says(
    forward: float, spot: float | None
) -> None:
    found = implied(prices(*in_parity(forward)), spot=spot)

    assert found is not None
    assert found.price == pytest.approx(forward, rel=1e-12)
    assert found.basis is ForwardBasis.PARITY


def test_two_strikes_out_of_line_are_outvoted() -> None:
    calls, puts = in_parity(101.0)
    calls[[3, 4]] += 7.0

    found = implied(prices(calls, puts))

    assert found is not None
    assert found.price == pytest.approx(101.0)


def test_strikes_far_from_spot_have_no_say() -> None:
    calls, puts = in_parity(101.0)
    calls[[0, 1, -2, -1]] += 7.0

    found = implied(prices(calls, puts))

    assert found is not None
    assert found.price == pytest.approx(101.0)


def test_without_spot_the_money_is_where_call_and_put_cost_the_same() -> None:
    calls, puts = in_parity(101.0)
    calls[[0, 1, -2, -1]] += 7.0

    found = implied(prices(calls, puts), spot=None)

    assert found is not None
    assert found.price == pytest.approx(101.0)


def test_quoted_pairs_go_before_pairs_of_last_trades() -> None:
    calls, puts = in_parity(101.0)
    traded = prices(calls + 9.0, puts, basis=PriceBasis.LAST)
    quoted = prices(calls, puts)
    at = np.arange(len(STRIKES)) == 6
    mixed = LegPrices(
        price=np.where(at, quoted.price, traded.price),
        basis=np.where(at, quoted.basis, traded.basis),
        reasons=quoted.reasons,
    )

    found = implied(mixed)

    assert found is not None
    assert found.price == pytest.approx(101.0)


def test_last_trades_serve_where_nothing_is_quoted() -> None:
    found = implied(prices(*in_parity(101.0), basis=PriceBasis.LAST))

    assert found is not None
    assert found.basis is ForwardBasis.PARITY


def test_without_a_pair_spot_is_carried_and_the_answer_says_so() -> None:
    calls, puts = in_parity(101.0)
    calls[:5], puts[5:] = ABSENT, ABSENT

    assert implied(prices(calls, puts)) == Forward(
        price=100.0 * math.exp(RATE * YEARS), basis=ForwardBasis.CARRIED_SPOT
    )


def test_with_neither_a_pair_nor_spot_there_is_none() -> None:
    nothing = np.full(len(STRIKES), ABSENT)

    assert implied(prices(nothing, nothing), spot=None) is None


def test_parity_that_would_make_the_forward_negative_is_not_believed() -> None:
    _, puts = in_parity(101.0)

    found = implied(prices(np.full(len(STRIKES), 0.05), puts + 500.0))

    assert found is not None
    assert found.basis is ForwardBasis.CARRIED_SPOT


def test_a_spot_carried_beyond_what_a_number_holds_is_none() -> None:
    nothing = np.full(len(STRIKES), ABSENT)

    assert implied(prices(nothing, nothing), spot=1.79e308) is None
