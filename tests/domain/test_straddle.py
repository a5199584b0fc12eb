"""Which strike is at the money, and what its straddle costs."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.domain.chain_builders import legs

from deltastream.domain.events import Legs
from deltastream.domain.figures import PriceBasis
from deltastream.domain.straddle import straddle, strike_at_the_money

NOT_STATED = float("nan")


def at_the_money(calls: list[float], puts: list[float], *, spot: float) -> float | None:
    return strike_at_the_money(
        call_strikes=legs(calls).strikes, put_strikes=legs(puts).strikes, spot=spot
    )


def leg(*, bid: float = NOT_STATED, ask: float = NOT_STATED, last: float = NOT_STATED) -> Legs:
    """A leg at 100 between two others, whose prices must not matter."""
    other = 7777.0
    return legs(
        [90.0, 100.0, 110.0],
        bid=[other, bid, other],
        ask=[other, ask, other],
        last=[other, last, other],
    )


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
    priced = straddle(
        calls=leg(bid=5.0, ask=6.0, last=1.0), puts=leg(bid=4.0, ask=4.0, last=1.0), strike=100.0
    )

    assert (priced.price, priced.basis) == (9.5, PriceBasis.MID)


@pytest.mark.parametrize(
    ("bid", "ask"),
    [(6.0, 5.0), (5.0, NOT_STATED), (NOT_STATED, 5.0), (NOT_STATED, NOT_STATED), (0.0, 5.0)],
    ids=["crossed", "bid only", "ask only", "no quote", "bid of zero"],
)
def test_without_a_sound_quote_the_last_trade_counts(bid: float, ask: float) -> None:
    one_leg = leg(bid=bid, ask=ask, last=3.0)

    priced = straddle(calls=one_leg, puts=one_leg, strike=100.0)

    assert (priced.price, priced.basis) == (6.0, PriceBasis.LAST)


def test_a_leg_by_its_mid_and_a_leg_by_its_last_are_mixed() -> None:
    quoted, traded = leg(bid=5.0, ask=6.0), leg(last=3.0)

    for calls, puts in ((quoted, traded), (traded, quoted)):
        priced = straddle(calls=calls, puts=puts, strike=100.0)
        assert (priced.price, priced.basis) == (8.5, PriceBasis.MIXED)


@pytest.mark.parametrize("last", [NOT_STATED, 0.0])
def test_a_leg_without_any_price_leaves_the_straddle_without_one(last: float) -> None:
    quoted, bare = leg(bid=5.0, ask=6.0), leg(last=last)

    for calls, puts in ((quoted, bare), (bare, quoted)):
        priced = straddle(calls=calls, puts=puts, strike=100.0)
        assert (priced.price, priced.basis) == (None, None)
    assert straddle(calls=quoted, puts=bare, strike=100.0).call is not None
