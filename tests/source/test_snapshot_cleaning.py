"""Which numbers are read from what exchanges and their re-publishers write."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deltastream.adapters.source.snapshots import cleaning
from deltastream.adapters.source.snapshots.cleaning import WildValueError
from deltastream.adapters.source.snapshots.skipping import SkipReason

READERS = [
    cleaning.price,
    cleaning.quantity,
    cleaning.change,
    cleaning.fraction,
    cleaning.percent,
]
ABSENT = [None, "", "  ", "-", " - ", "NaN", "nan", "null", "N/A", math.nan]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("raw", ABSENT)
def test_what_a_source_has_nothing_to_say_of_is_absent(
    read: Callable[[object], float], raw: object
) -> None:
    assert math.isnan(read(raw))


@pytest.mark.parametrize("raw", ["NaN", "-", "", None])
def test_absent_is_what_a_source_has_nothing_to_say_of_and_zero_is_not(raw: object) -> None:
    assert cleaning.is_absent(raw)
    assert not cleaning.is_absent(0)
    assert not cleaning.is_absent("0")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (104.1, 104.1),
        (7, 7.0),
        ("104.10", 104.1),
        (" 42 ", 42.0),
        ("2,029.55", 2029.55),
        ("1,75,500", 175_500.0),
    ],
)
def test_numbers_and_their_texts_are_read_through_thousands_commas(
    raw: object, value: float
) -> None:
    assert cleaning.price(raw) == value
    assert cleaning.quantity(raw) == value
    assert cleaning.change(raw) == value


@pytest.mark.parametrize("raw", [0, 0.0, -0.0, "0", "0.00"])
def test_zero_is_no_price_and_no_volatility_but_a_quantity_and_a_change(raw: object) -> None:
    assert math.isnan(cleaning.price(raw))
    assert math.isnan(cleaning.percent(raw))
    assert math.isnan(cleaning.fraction(raw))
    assert cleaning.quantity(raw) == 0
    assert math.copysign(1, cleaning.quantity(raw)) == 1
    assert cleaning.change(raw) == 0


def test_volatility_is_a_fraction_whatever_it_was_published_as() -> None:
    assert cleaning.percent(11.8) == pytest.approx(0.118)
    assert cleaning.fraction("0.6659") == 0.6659


@pytest.mark.parametrize("raw", [-999, "-999", -0.05])
def test_only_a_change_can_be_negative(raw: object) -> None:
    for read in (cleaning.price, cleaning.quantity, cleaning.percent, cleaning.fraction):
        with pytest.raises(WildValueError) as caught:
            read(raw)
        assert caught.value.reason is SkipReason.NEGATIVE
    assert cleaning.change(raw) == float(str(raw))


@pytest.mark.parametrize("raw", ["abc", "1.2.3", "12%", True, [], {}, b"1"])
def test_what_is_no_number_is_wild(raw: object) -> None:
    with pytest.raises(WildValueError) as caught:
        cleaning.quantity(raw)
    assert caught.value.reason is SkipReason.NO_NUMBER


@pytest.mark.parametrize("raw", [math.inf, -math.inf, "Infinity", "1e999", 10**400, 2**53 + 2])
def test_what_no_market_could_mean_is_out_of_range(raw: object) -> None:
    with pytest.raises(WildValueError) as caught:
        cleaning.change(raw)
    assert caught.value.reason is SkipReason.OUT_OF_RANGE


@pytest.mark.parametrize("raw", [*ABSENT, 0, -24_500, "abc", math.inf, True, [24_500]])
def test_a_strike_is_a_positive_number_or_wild(raw: object) -> None:
    with pytest.raises(WildValueError) as caught:
        cleaning.strike(raw)
    assert caught.value.reason is SkipReason.STRIKE
    assert cleaning.strike("24,500.00") == 24_500


@settings(deadline=None)
@given(
    raw=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(),
        st.lists(st.integers()),
    )
)
def test_nothing_comes_out_that_is_not_absent_finite_or_wild(raw: object) -> None:
    for read in READERS:
        try:
            value = read(raw)
        except WildValueError:
            continue
        assert math.isnan(value) or abs(value) <= cleaning.LARGEST
        if read is not cleaning.change:
            assert not value < 0
