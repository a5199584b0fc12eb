"""Which strike is at the money, and what its straddle costs."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.domain.chain_builders import chain, legs, measure

from deltastream.domain.arrays import known
from deltastream.domain.chain_grid import ChainGrid
from deltastream.domain.chain_rows import ChainRows
from deltastream.domain.figures import PriceBasis, members
from deltastream.domain.straddle import straddles, strike_at_the_money

NOT_STATED = float("nan")


def at_the_money(calls: list[float], puts: list[float], *, spot: float) -> float | None:
    """Return the strike at the money of one chain."""
    rows = ChainRows.of([ChainGrid.of(calls=legs(calls), puts=legs(puts))])
    money = strike_at_the_money(strikes=rows.strikes, paired=rows.paired, price=np.array([spot]))
    return known(money.strike[0])


Quote = dict[str, float]


def straddle(*, call: Quote, put: Quote) -> tuple[float | None, PriceBasis | None]:
    """Price the straddle of one chain, and say what of."""
    bid, ask, last = (
        np.array([[quote.get(name, NOT_STATED)] for quote in (call, put)])
        for name in ("bid", "ask", "last")
    )
    priced = straddles(bid=bid, ask=ask, last=last)
    (basis,) = members(PriceBasis, priced.basis)
    return known(priced.price[0]), basis


def test_the_nearest_strike_is_at_the_money() -> None:
    strikes = [90.0, 100.0, 110.0]

    assert at_the_money(strikes, strikes, spot=104.9) == 100.0
    assert at_the_money(strikes, strikes, spot=105.1) == 110.0


def test_beyond_the_listed_strikes_the_outermost_is_nearest() -> None:
    strikes = [90.0, 100.0, 110.0]

    assert at_the_money(strikes, strikes, spot=1.0) == 90.0
    assert at_the_money(strikes, strikes, spot=999.0) == 110.0


@given(tenths=st.integers(10, 10_000_000), half_step=st.integers(1, 1000))
def test_of_two_equally_near_the_lower_is_taken_whatever_binary_makes_of_them(
    tenths: int, half_step: int
) -> None:
    assume(tenths > half_step)
    lower, spot, upper = ((tenths + shift) / 10 for shift in (-half_step, 0, half_step))

    assert at_the_money([lower, upper], [lower, upper], spot=spot) == lower


@given(tenths=st.integers(10, 10_000_000), half_step=st.integers(1, 1000))
def test_a_strike_nearer_by_a_hundredth_is_not_equally_near(tenths: int, half_step: int) -> None:
    assume(tenths > half_step)
    lower, upper = (tenths - half_step) / 10, (tenths + half_step) / 10

    assert at_the_money([lower, upper], [lower, upper], spot=(tenths * 10 + 1) / 100) == upper


def test_a_strike_with_one_leg_is_not_at_the_money() -> None:
    assert at_the_money([90.0, 100.0], [90.0, 110.0], spot=100.0) == 90.0


def test_without_a_strike_that_has_both_legs_there_is_none() -> None:
    assert at_the_money([90.0], [110.0], spot=100.0) is None
    assert at_the_money([], [], spot=100.0) is None


def test_two_sided_quotes_are_priced_in_their_middle() -> None:
    call, put = {"bid": 5.0, "ask": 6.0, "last": 1.0}, {"bid": 4.0, "ask": 4.0, "last": 1.0}

    assert straddle(call=call, put=put) == (9.5, PriceBasis.MID)


@pytest.mark.parametrize(
    ("bid", "ask"),
    [(6.0, 5.0), (5.0, NOT_STATED), (NOT_STATED, 5.0), (NOT_STATED, NOT_STATED), (0.0, 5.0)],
    ids=["crossed", "bid only", "ask only", "no quote", "bid of zero"],
)
def test_without_a_sound_quote_the_last_trade_counts(bid: float, ask: float) -> None:
    quote = {"bid": bid, "ask": ask, "last": 3.0}

    assert straddle(call=quote, put=quote) == (6.0, PriceBasis.LAST)


def test_a_leg_by_its_mid_and_a_leg_by_its_last_are_mixed() -> None:
    quoted, traded = {"bid": 5.0, "ask": 6.0}, {"last": 3.0}

    for call, put in ((quoted, traded), (traded, quoted)):
        assert straddle(call=call, put=put) == (8.5, PriceBasis.MIXED)


@pytest.mark.parametrize("last", [NOT_STATED, 0.0])
def test_a_leg_without_any_price_leaves_the_straddle_without_one(last: float) -> None:
    quoted, bare = {"bid": 5.0, "ask": 6.0}, {"last": last}

    for call, put in ((quoted, bare), (bare, quoted)):
        assert straddle(call=call, put=put) == (None, None)


def test_the_straddle_is_that_of_the_strike_at_the_money() -> None:
    other = 7777.0
    side = legs([90.0, 100.0, 110.0], bid=[other, 5.0, other], ask=[other, 6.0, other])

    metrics = measure(chain(calls=side, puts=side, spot_price=101.0))

    assert (metrics.atm_call_price, metrics.atm_put_price) == (5.5, 5.5)
    assert metrics.atm_straddle_price == 11.0
    assert metrics.atm_straddle_basis is PriceBasis.MID
