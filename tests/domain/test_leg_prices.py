"""Which price of an option is trusted, and why another is not."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deltastream.domain.figures import PriceBasis
from deltastream.domain.leg_prices import LegPrices, last_prices, quoted_prices
from deltastream.domain.missing import MissingReason

NONE = math.nan

Quote = tuple[float, float, float, float]


def priced(*quotes: Quote) -> LegPrices:
    bid, ask, last, volume = np.array(quotes).T
    return quoted_prices(
        strikes=np.full(len(quotes), 100.0), bid=bid, ask=ask, last=last, volume=volume
    )


def test_a_two_sided_quote_is_worth_its_middle() -> None:
    prices = priced((4.0, 5.0, 1.0, 10.0))

    assert prices.price.tolist() == [4.5]
    assert prices.basis.tolist() == [PriceBasis.MID]
    assert prices.reasons.tolist() == [0]


def test_a_locked_quote_is_worth_its_one_price() -> None:
    assert priced((4.0, 4.0, NONE, NONE)).price.tolist() == [4.0]


@pytest.mark.parametrize(
    ("bid", "ask"), [(0.05, 0.2), (20.0, 25.0)], ids=["a cheap option", "a dear option"]
)
def test_a_spread_that_is_wide_by_one_measure_only_is_usual(bid: float, ask: float) -> None:
    assert priced((bid, ask, NONE, NONE)).price.tolist() == [(bid + ask) / 2.0]


@pytest.mark.parametrize("nothing", [NONE, 0.0])
@pytest.mark.parametrize("volume", [7.0, NONE])
def test_where_nothing_is_quoted_the_last_trade_of_today_counts(
    nothing: float, volume: float
) -> None:
    prices = priced((nothing, nothing, 3.0, volume))

    assert prices.price.tolist() == [3.0]
    assert prices.basis.tolist() == [PriceBasis.LAST]


BAD_QUOTES: list[tuple[str, Quote, MissingReason]] = [
    ("crossed", (5.0, 4.0, 4.5, 10.0), MissingReason.CROSSED),
    ("bid only", (4.0, NONE, 4.5, 10.0), MissingReason.ONE_SIDED),
    ("ask only", (NONE, 5.0, 4.5, 10.0), MissingReason.ONE_SIDED),
    ("bid of zero", (0.0, 5.0, 4.5, 10.0), MissingReason.ONE_SIDED),
    ("far apart", (1.0, 1.7, 1.3, 10.0), MissingReason.WIDE),
    ("nothing at all", (NONE, NONE, NONE, NONE), MissingReason.NO_PRICE),
    ("all zero", (0.0, 0.0, 0.0, 0.0), MissingReason.NO_PRICE),
    ("not traded today", (NONE, NONE, 4.5, 0.0), MissingReason.STALE),
    ("negative bid", (-999.0, 5.0, 4.5, 10.0), MissingReason.INVALID_INPUT),
    ("negative ask", (4.0, -999.0, 4.5, 10.0), MissingReason.INVALID_INPUT),
    ("negative last", (NONE, NONE, -999.0, 10.0), MissingReason.INVALID_INPUT),
    ("infinite ask", (4.0, math.inf, 4.5, 10.0), MissingReason.INVALID_INPUT),
    ("infinite last", (NONE, NONE, math.inf, 10.0), MissingReason.INVALID_INPUT),
]


@pytest.mark.parametrize(
    ("quote", "reason"), [case[1:] for case in BAD_QUOTES], ids=[case[0] for case in BAD_QUOTES]
)
def test_a_bad_quote_has_no_price_and_a_reason_and_its_neighbours_keep_theirs(
    quote: Quote, reason: MissingReason
) -> None:
    sound = (4.0, 5.0, 1.0, 10.0)

    prices = priced(sound, quote, sound)

    assert np.isnan(prices.price[1])
    assert prices.basis.tolist() == [PriceBasis.MID, 0, PriceBasis.MID]
    assert prices.reasons.tolist() == [0, reason, 0]
    assert prices.price[[0, 2]].tolist() == [4.5, 4.5]


def test_by_last_trades_alone_a_quote_does_not_matter() -> None:
    last = np.array([3.0, 3.0, 0.0, NONE, -1.0])
    prices = last_prices(last=last, volume=np.array([5.0, 0.0, 5.0, 5.0, 5.0]))

    assert prices.reasons.tolist() == [
        0,
        MissingReason.STALE,
        MissingReason.NO_PRICE,
        MissingReason.NO_PRICE,
        MissingReason.INVALID_INPUT,
    ]
    assert prices.basis.tolist() == [PriceBasis.LAST, 0, 0, 0, 0]


any_number = st.floats(allow_nan=True, allow_infinity=True)


@given(quotes=st.lists(st.tuples(*[any_number] * 4), min_size=1, max_size=8))
@example(quotes=[(np.inf, np.inf, 0.0, 0.0)])
@example(quotes=[(-1.7e308, 1.7e308, 0.0, 0.0)])
def test_whatever_is_quoted_there_is_either_a_possible_price_or_a_reason(
    quotes: list[Quote],
) -> None:
    prices = priced(*quotes)

    has_price = ~np.isnan(prices.price)
    assert (has_price == (prices.reasons == 0)).all()
    assert (has_price == (prices.basis != 0)).all()
    assert (prices.price[has_price] > 0.0).all()
