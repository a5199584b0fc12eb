"""Max pain against its definition, summed exactly, and where it has to be careful."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.max_pain import PainCurve, pain_curve

OpenInterest = Mapping[int, Fraction]


def curve_of(calls: OpenInterest, puts: OpenInterest, *, strike_unit: float = 1.0) -> PainCurve:
    call_strikes, put_strikes = sorted(calls), sorted(puts)
    return pain_curve(
        call_strikes=np.array(call_strikes, dtype=float) * strike_unit,
        call_open_interest=np.array([float(calls[strike]) for strike in call_strikes]),
        put_strikes=np.array(put_strikes, dtype=float) * strike_unit,
        put_open_interest=np.array([float(puts[strike]) for strike in put_strikes]),
    )


def exact_pain(calls: OpenInterest, puts: OpenInterest) -> dict[int, tuple[Fraction, Fraction]]:
    """Sum the definition at every listed strike, without rounding."""
    return {
        settlement: (
            sum((oi * max(settlement - k, 0) for k, oi in calls.items()), Fraction()),
            sum((oi * max(k - settlement, 0) for k, oi in puts.items()), Fraction()),
        )
        for settlement in sorted(calls.keys() | puts.keys())
    }


def exact_least(calls: OpenInterest, puts: OpenInterest) -> tuple[int, ...]:
    totals = {strike: sum(pain) for strike, pain in exact_pain(calls, puts).items()}
    if not any(calls.values()) and not any(puts.values()):
        return ()
    return tuple(strike for strike, total in totals.items() if total == min(totals.values()))


def sides(quantities: st.SearchStrategy[int]) -> st.SearchStrategy[dict[int, int]]:
    return st.dictionaries(st.integers(1, 60), quantities, max_size=30)


# Small quantities tie often, large ones round; a divisor makes fractions no double can hold, as a
# source does that divides shares by a lot size.
QUANTITIES = st.one_of(st.integers(0, 3), st.integers(0, 300_000_000))
LOT_SIZES = st.sampled_from([1, 3, 7, 15, 25, 75])


@given(call_shares=sides(QUANTITIES), put_shares=sides(QUANTITIES), lot_size=LOT_SIZES)
def test_least_pain_and_all_its_ties_are_those_of_the_definition(
    call_shares: dict[int, int], put_shares: dict[int, int], lot_size: int
) -> None:
    calls = {strike: Fraction(shares, lot_size) for strike, shares in call_shares.items()}
    puts = {strike: Fraction(shares, lot_size) for strike, shares in put_shares.items()}

    assert curve_of(calls, puts).least == exact_least(calls, puts)


@given(shares=sides(QUANTITIES), lot_size=LOT_SIZES, centre=st.integers(60, 80))
def test_a_chain_that_mirrors_itself_balances_about_its_middle(
    shares: dict[int, int], lot_size: int, centre: int
) -> None:
    calls = {strike: Fraction(quantity, lot_size) for strike, quantity in shares.items()}
    puts = {2 * centre - strike: quantity for strike, quantity in calls.items()}

    least = curve_of(calls, puts).least

    assert least == tuple(2 * centre - strike for strike in reversed(least))
    assert least == exact_least(calls, puts)


@given(call_shares=sides(QUANTITIES), put_shares=sides(QUANTITIES), lot_size=LOT_SIZES)
def test_the_curve_is_the_definition_at_every_listed_strike(
    call_shares: dict[int, int], put_shares: dict[int, int], lot_size: int
) -> None:
    calls = {strike: Fraction(shares, lot_size) for strike, shares in call_shares.items()}
    puts = {strike: Fraction(shares, lot_size) for strike, shares in put_shares.items()}
    exact = exact_pain(calls, puts)

    curve = curve_of(calls, puts)

    assert curve.strikes.tolist() == list(exact)
    np.testing.assert_allclose(curve.call_pain, [float(c) for c, _ in exact.values()], rtol=1e-12)
    np.testing.assert_allclose(curve.put_pain, [float(p) for _, p in exact.values()], rtol=1e-12)
    np.testing.assert_allclose(curve.total, [float(c + p) for c, p in exact.values()], rtol=1e-12)


def test_ties_are_found_where_the_payouts_differ_by_rounding() -> None:
    # Three times 0.1 is not 0.3 in binary; the two sides balance all the same.
    calls = {100: Fraction(1, 10), 101: Fraction(1, 10), 102: Fraction(1, 10)}
    puts = {105: Fraction(3, 10)}

    assert curve_of(calls, puts).least == (102.0, 105.0)


def test_an_imbalance_of_one_contract_in_a_hundred_billion_is_no_tie() -> None:
    calls, puts = {100: Fraction(10**11)}, {110: Fraction(10**11 + 1)}

    assert curve_of(calls, puts).least == (110.0,)


def test_strikes_may_be_fractional() -> None:
    calls, puts = {1001: Fraction(2), 1003: Fraction(1)}, {1004: Fraction(2)}

    assert curve_of(calls, puts, strike_unit=0.5).least == (500.5, 501.5)


def test_open_interest_that_is_not_stated_is_passed_over() -> None:
    curve = pain_curve(
        call_strikes=np.array([90.0, 100.0]),
        call_open_interest=np.array([np.nan, 2.0]),
        put_strikes=np.array([100.0, 110.0]),
        put_open_interest=np.array([3.0, np.nan]),
    )

    assert curve.least == (100.0,)
    assert curve.total.tolist() == [30.0, 0.0, 20.0]


@pytest.mark.parametrize("quantity", [0.0, np.nan])
def test_without_open_interest_no_strike_hurts_least(quantity: float) -> None:
    curve = pain_curve(
        call_strikes=np.array([90.0, 100.0]),
        call_open_interest=np.full(2, quantity),
        put_strikes=np.array([100.0]),
        put_open_interest=np.full(1, quantity),
    )

    assert curve.least == ()
    assert curve.total.tolist() == [0.0, 0.0]


def test_one_strike_is_where_pain_is_least() -> None:
    curve = curve_of({100: Fraction(5)}, {})

    assert curve.least == (100.0,)
    assert curve.total.tolist() == [0.0]


def test_no_strikes_make_an_empty_curve() -> None:
    curve = curve_of({}, {})

    assert curve.least == ()
    assert curve.total.tolist() == []
