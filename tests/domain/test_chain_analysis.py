"""What a chain means: volatilities, Greeks and what follows from them, and why one is missing."""

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.chain_builders import chain, legs
from tests.domain.priced_market import (
    EXPIRES_AT,
    FORWARD,
    RATE,
    STRIKES,
    YEARS,
    priced_chain,
    skewed,
    with_quote,
)

from deltastream.domain.chain_analysis import analyse, analyse_together
from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.figures import (
    FIGURE_CODES,
    FIGURE_COLUMNS,
    METRIC_NUMBERS,
    Buildup,
    ChainAnalysis,
    ForwardBasis,
    LegFigures,
    PriceBasis,
    PricingConvention,
)
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.black76 import black76, black76_price
from deltastream.domain.pricing.black_scholes import black_scholes
from deltastream.domain.pricing_terms import PricingTerms

TERMS = PricingTerms(rate=RATE, contract_size=75.0)
NSE = PricingTerms(convention=PricingConvention.NSE, rate=0.10, contract_size=75.0)
MIDDLE = int(np.searchsorted(STRIKES, FORWARD))


def analysed(**changes: object) -> ChainAnalysis:
    return analyse(replace(priced_chain(), **changes), TERMS)  # type: ignore[arg-type]


# Volatilities and Greeks


def test_the_volatility_that_a_chain_was_priced_with_is_found_again() -> None:
    analysis = analyse(priced_chain(), TERMS)

    for figures in (analysis.call_figures, analysis.put_figures):
        assert figures.iv == pytest.approx(skewed(STRIKES), rel=1e-9)
        assert figures.iv_missing.tolist() == [0] * len(STRIKES)
        assert figures.price_basis.tolist() == [PriceBasis.MID] * len(STRIKES)


def test_both_legs_of_a_strike_share_the_volatility_of_the_one_out_of_the_money() -> None:
    whole = priced_chain()
    spoilt = replace(whole, calls=with_quote(whole.calls, 2, bid=1500.0, ask=1501.0))

    before, after = analyse(whole, TERMS), analyse(spoilt, TERMS)

    assert after.call_figures.iv[2] == before.call_figures.iv[2]
    assert (after.call_figures.iv == after.put_figures.iv).all()


def test_greeks_are_those_of_that_volatility() -> None:
    analysis = analyse(priced_chain(), TERMS)

    for is_call, figures in ((True, analysis.call_figures), (False, analysis.put_figures)):
        _, greeks = black76(
            calls=is_call,
            forward=FORWARD,
            strikes=STRIKES,
            volatility=skewed(STRIKES),
            years=YEARS,
            rate=RATE,
        )
        for name in ("delta", "gamma", "theta", "vega", "rho", "vanna", "volga", "charm"):
            assert getattr(figures, name) == pytest.approx(getattr(greeks, name), rel=1e-6), name


def test_each_leg_says_what_traders_did_with_it() -> None:
    assert set(analyse(priced_chain(), TERMS).put_figures.buildup.tolist()) == {
        Buildup.SHORT_COVERING
    }


def test_a_strike_with_one_leg_speaks_through_it() -> None:
    whole = priced_chain()
    lone = replace(whole, puts=_without(whole.puts, 2))

    analysis = analyse(lone, TERMS)

    assert len(analysis.put_figures) == len(STRIKES) - 1
    assert analysis.call_figures.iv[2] == pytest.approx(skewed(STRIKES)[2], rel=1e-6)


def _without(side: Legs, at: int) -> Legs:
    return Legs.from_table(np.delete(side.table(), at, axis=0))


# Bad quotes

BAD_QUOTES = [
    ("crossed", {"bid": 60.0, "ask": 50.0}, MissingReason.CROSSED),
    ("one-sided", {"bid": math.nan}, MissingReason.ONE_SIDED),
    ("wide", {"bid": 1.0, "ask": 400.0}, MissingReason.WIDE),
    ("zero", {"bid": 0.0, "ask": 0.0, "last": 0.0}, MissingReason.NO_PRICE),
    ("not a number", {"bid": math.nan, "ask": math.nan, "last": math.nan}, MissingReason.NO_PRICE),
    ("stale", {"bid": math.nan, "ask": math.nan, "volume": 0.0}, MissingReason.STALE),
    ("negative", {"bid": -999.0, "ask": -999.0}, MissingReason.INVALID_INPUT),
    ("infinite", {"ask": math.inf}, MissingReason.INVALID_INPUT),
    ("absurd", {"bid": 1e9, "ask": 1e9}, MissingReason.ABOVE_MAXIMUM),
]


@pytest.mark.parametrize("at", [0, MIDDLE + 3, len(STRIKES) - 1])
@pytest.mark.parametrize(
    ("quote", "reason"), [case[1:] for case in BAD_QUOTES], ids=[case[0] for case in BAD_QUOTES]
)
def test_a_bad_quote_gives_its_reason_and_leaves_its_neighbours_untouched(
    quote: dict[str, float], reason: MissingReason, at: int
) -> None:
    whole = priced_chain(spread=2.0)
    side = "calls" if STRIKES[at] >= FORWARD else "puts"
    spoilt = replace(
        whole,
        calls=with_quote(whole.calls, at, **(quote if side == "calls" else {})),
        puts=with_quote(whole.puts, at, **(quote if side == "puts" else {})),
    )

    before, after = analyse(whole, TERMS), analyse(spoilt, TERMS)

    for old, new in (
        (before.call_figures, after.call_figures),
        (before.put_figures, after.put_figures),
    ):
        assert new.iv_missing[at] == reason
        assert new.price_basis[at] == 0
        for name in FIGURE_COLUMNS:
            was, now = getattr(old, name), getattr(new, name)
            assert np.isnan(now[at]), name
            assert np.delete(now, at).tolist() == np.delete(was, at).tolist(), name


def test_a_lone_call_below_its_intrinsic_value_says_so() -> None:
    whole = priced_chain()
    calls = with_quote(whole.calls, 0, bid=900.0, ask=901.0)
    lone = replace(whole, calls=calls, puts=_without(whole.puts, 0))

    assert analyse(lone, TERMS).call_figures.iv_missing[0] == MissingReason.BELOW_INTRINSIC


prices = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10.0, 30_000.0)
changes = st.floats(-1e15, 1e15) | st.just(math.nan)
# The contract lets no other quantities in.
quantities = st.floats(0.0, 1e15) | st.just(math.nan)


@given(
    quotes=st.lists(
        st.tuples(prices, prices, prices, quantities, quantities, changes, changes),
        min_size=1,
        max_size=6,
    ),
    spot=st.none() | st.floats(1e-3, 1e6),
    days=st.floats(-10.0, 4_000.0),
    convention=st.sampled_from(PricingConvention),
)
def test_whatever_is_quoted_no_exception_and_no_unexplained_gap_comes_out(
    quotes: list[tuple[float, ...]],
    spot: float | None,
    days: float,
    convention: PricingConvention,
) -> None:
    columns = (
        *("bid", "ask", "last", "volume", "open_interest"),
        *("price_change", "change_in_open_interest"),
    )
    strikes = [100.0 + 10.0 * number for number in range(len(quotes))]
    side = legs(strikes, **dict(zip(columns, np.array(quotes).T.tolist(), strict=True)))
    raw = replace(
        chain(calls=side, puts=side, spot_price=spot),
        timestamp=EXPIRES_AT - timedelta(days=days),
        expires_at=EXPIRES_AT,
    )

    analysis = analyse(raw, PricingTerms(convention=convention, rate=0.05))

    for figures in (analysis.call_figures, analysis.put_figures):
        assert (np.isnan(figures.iv) == (figures.iv_missing != 0)).all()
        for name in FIGURE_COLUMNS:
            column = getattr(figures, name)
            assert (np.isnan(column) == np.isnan(figures.iv)).all(), name
            assert not np.isinf(column).any(), name
    for name in METRIC_NUMBERS:
        figure = getattr(analysis.metrics, name)
        assert (figure is None) == (name in analysis.metrics.missing), name
        assert figure is None or math.isfinite(figure), name


# The chain as a whole


def test_a_chain_says_what_it_was_priced_by() -> None:
    metrics = analyse(priced_chain(), TERMS).metrics

    assert metrics.forward == pytest.approx(FORWARD, rel=1e-12)
    assert metrics.forward_basis is ForwardBasis.PARITY
    assert metrics.rate == RATE
    assert metrics.years_to_expiry == pytest.approx(YEARS, rel=1e-15)
    assert metrics.convention is PricingConvention.BLACK76
    assert metrics.price_basis is PriceBasis.MID
    assert metrics.contract_size == 75.0


def test_volatilities_from_mids_and_from_last_trades_are_mixed() -> None:
    whole = priced_chain()
    calls = with_quote(whole.calls, -1, bid=math.nan, ask=math.nan)

    assert analysed(calls=calls).metrics.price_basis is PriceBasis.MIXED


def test_the_strike_nearest_to_the_forward_stands_beside_the_one_nearest_to_spot() -> None:
    metrics = analyse(priced_chain(spot=24_530.0), TERMS).metrics

    assert (metrics.atm_strike, metrics.atm_forward_strike) == (24_500.0, 24_600.0)


def test_volatility_at_the_forward_lies_between_the_strikes_beside_it() -> None:
    metrics = analyse(priced_chain(), TERMS).metrics
    below, above = skewed(np.array([24_600.0, 24_700.0]))
    weight = math.log(FORWARD / 24_600.0) / math.log(24_700.0 / 24_600.0)

    expected = math.sqrt((1.0 - weight) * below**2 + weight * above**2)
    assert metrics.atm_iv == pytest.approx(expected, rel=1e-9)


def test_expected_moves_by_volatility_and_by_the_street() -> None:
    metrics = analyse(priced_chain(), TERMS).metrics
    assert metrics.atm_iv is not None
    assert metrics.atm_straddle_price is not None

    assert metrics.expected_move == pytest.approx(FORWARD * metrics.atm_iv * math.sqrt(YEARS))
    assert metrics.expected_move_straddle == pytest.approx(0.85 * metrics.atm_straddle_price)


def test_a_flat_smile_has_no_tilt_and_no_bend() -> None:
    metrics = analyse(priced_chain(volatility=lambda k: np.full(len(k), 0.14)), TERMS).metrics

    assert metrics.atm_iv == pytest.approx(0.14)
    assert metrics.risk_reversal_25d == pytest.approx(0.0, abs=1e-9)
    assert metrics.butterfly_25d == pytest.approx(0.0, abs=1e-9)


def test_the_wings_are_where_delta_is_a_quarter() -> None:
    metrics = analyse(priced_chain(), TERMS).metrics
    fine = np.linspace(STRIKES[0], STRIKES[-1], 200_001)
    wings = {}
    for is_call in (True, False):
        _, greeks = black76(
            calls=is_call,
            forward=FORWARD,
            strikes=fine,
            volatility=skewed(fine),
            years=YEARS,
            rate=RATE,
        )
        wings[is_call] = skewed(fine)[np.argmin(np.abs(np.abs(greeks.delta) - 0.25))]

    # Between strikes a hundred points apart the smile is taken to be straight.
    assert metrics.risk_reversal_25d == pytest.approx(wings[True] - wings[False], abs=2e-4)
    assert metrics.atm_iv is not None
    assert metrics.butterfly_25d == pytest.approx(
        (wings[True] + wings[False]) / 2.0 - metrics.atm_iv, abs=2e-4
    )


def test_outside_the_quoted_strikes_nothing_is_made_up() -> None:
    whole = priced_chain()
    narrow = replace(
        whole,
        calls=Legs.from_table(whole.calls.table()[MIDDLE - 1 : MIDDLE + 1]),
        puts=Legs.from_table(whole.puts.table()[MIDDLE - 1 : MIDDLE + 1]),
    )

    metrics = analyse(narrow, TERMS).metrics

    assert metrics.atm_iv is not None
    for name in ("risk_reversal_25d", "butterfly_25d"):
        assert metrics.missing[name] is MissingReason.OUTSIDE_RANGE


def test_gamma_exposure_is_in_currency_per_percent() -> None:
    analysis = analyse(priced_chain(), TERMS)
    whole = priced_chain()
    by_hand = math.fsum(
        sign * gamma * interest * 75.0 * FORWARD**2 * 0.01
        for sign, figures, side in (
            (1.0, analysis.call_figures, whole.calls),
            (-1.0, analysis.put_figures, whole.puts),
        )
        for gamma, interest in zip(figures.gamma, side.open_interest, strict=True)
    )

    assert analysis.metrics.net_gamma_exposure == pytest.approx(by_hand, abs=1e-6)


def test_at_the_price_of_zero_gamma_the_chain_has_none() -> None:
    whole = priced_chain()
    calls = replace(whole.calls, open_interest=np.where(STRIKES > 24_800.0, 9_000.0, 100.0))
    puts = replace(whole.puts, open_interest=np.where(STRIKES < 24_300.0, 9_000.0, 100.0))

    metrics = analysed(calls=calls, puts=puts).metrics

    assert metrics.zero_gamma is not None
    assert metrics.call_wall is not None
    assert metrics.put_wall is not None
    assert metrics.put_wall < metrics.zero_gamma < metrics.call_wall
    moved = FORWARD * metrics.zero_gamma / 24_530.0
    _, greeks = black76(
        calls=True,
        forward=moved,
        strikes=STRIKES,
        volatility=skewed(STRIKES),
        years=YEARS,
        rate=RATE,
    )
    held = calls.open_interest - puts.open_interest
    assert abs((greeks.gamma * held).sum()) < 1e-6 * (greeks.gamma * np.abs(held)).sum()


def test_without_a_contract_size_walls_stand_and_the_sum_does_not() -> None:
    metrics = analyse(priced_chain(), PricingTerms(rate=RATE)).metrics
    sized = analyse(priced_chain(), TERMS).metrics

    assert metrics.missing["net_gamma_exposure"] is MissingReason.NO_CONTRACT_SIZE
    assert metrics.missing["contract_size"] is MissingReason.NO_CONTRACT_SIZE
    assert metrics.call_wall == sized.call_wall
    assert metrics.zero_gamma == sized.zero_gamma


# Chains that cannot be priced

UNPRICED = ("atm_iv", "expected_move", "risk_reversal_25d", "butterfly_25d")


def reasons_of(raw: OptionChain, terms: PricingTerms = TERMS) -> set[MissingReason]:
    """Return the one reason that legs and figures of the smile agree on."""
    analysis = analyse(raw, terms)
    legs_say = {*analysis.call_figures.iv_missing, *analysis.put_figures.iv_missing}
    return {MissingReason(int(code)) for code in legs_say} | {
        analysis.metrics.missing[name] for name in UNPRICED
    }


def test_after_expiry_nothing_has_a_volatility() -> None:
    expired = replace(priced_chain(), timestamp=EXPIRES_AT)

    assert reasons_of(expired) == {MissingReason.EXPIRED}
    assert analyse(expired, TERMS).metrics.years_to_expiry == 0.0


def test_without_the_instant_of_expiry_nothing_can_be_priced() -> None:
    unknown = replace(priced_chain(), expires_at=None)

    assert reasons_of(unknown) == {MissingReason.NO_EXPIRY_TIME}
    assert analyse(unknown, TERMS).metrics.missing["forward"] is MissingReason.NO_EXPIRY_TIME


def test_without_spot_the_forward_carries_the_chain() -> None:
    analysis = analyse(priced_chain(spot=None), TERMS)

    assert analysis.call_figures.iv == pytest.approx(skewed(STRIKES), rel=1e-9)
    assert analysis.metrics.missing["atm_strike"] is MissingReason.NO_SPOT
    assert analysis.metrics.atm_forward_strike == 24_600.0


def test_without_any_price_there_is_no_forward_and_no_volatility() -> None:
    bare = legs(STRIKES.tolist(), open_interest=5.0)
    empty = replace(priced_chain(spot=None), calls=bare, puts=bare)

    assert reasons_of(empty) == {MissingReason.NO_FORWARD}
    assert analyse(empty, TERMS).metrics.missing["net_gamma_exposure"] is (
        MissingReason.NO_IMPLIED_VOLATILITY
    )


def test_an_empty_chain_is_all_reasons() -> None:
    nothing = legs([])

    metrics = analysed(calls=nothing, puts=nothing).metrics

    assert metrics.missing["atm_iv"] is MissingReason.NO_IMPLIED_VOLATILITY


# The exchange's own convention


def test_by_the_nse_convention_each_leg_is_solved_for_itself_on_spot() -> None:
    spot, days = 24_530.0, 30.0
    years = days / 365.0
    volatilities = {True: 0.15, False: 0.18}
    sides = {
        is_call: legs(
            STRIKES.tolist(),
            last=black76_price(
                calls=is_call,
                forward=spot * math.exp(0.10 * years),
                strikes=STRIKES,
                volatility=volatility,
                years=years,
                rate=0.10,
            ),
            bid=1.0,
            ask=2.0,
            volume=5.0,
        )
        for is_call, volatility in volatilities.items()
    }

    analysis = analyse(replace(priced_chain(spot=spot), calls=sides[True], puts=sides[False]), NSE)

    assert analysis.call_figures.iv == pytest.approx(0.15)
    assert analysis.put_figures.iv == pytest.approx(0.18)
    _, greeks = black_scholes(
        calls=True,
        spot=spot,
        strikes=STRIKES,
        volatility=0.15,
        years=years,
        rate=0.10,
        dividend_yield=0.0,
    )
    assert analysis.call_figures.delta == pytest.approx(greeks.delta)
    assert analysis.metrics.forward == pytest.approx(spot * math.exp(0.10 * years))
    assert analysis.metrics.forward_basis is ForwardBasis.CARRIED_SPOT
    assert analysis.metrics.price_basis is PriceBasis.LAST


def test_the_nse_convention_needs_spot() -> None:
    assert reasons_of(priced_chain(spot=None), NSE) == {MissingReason.NO_SPOT}


def test_on_the_day_of_expiry_the_nse_convention_has_no_time_left() -> None:
    today = replace(priced_chain(), timestamp=EXPIRES_AT - timedelta(hours=3))

    assert reasons_of(today, NSE) == {MissingReason.EXPIRED}


def test_by_the_nse_convention_a_last_trade_below_intrinsic_value_says_so_and_is_not_used() -> None:
    whole = priced_chain()
    calls = with_quote(whole.calls, 0, last=1.0)

    figures = analyse(replace(whole, calls=calls), NSE).call_figures

    assert figures.iv_missing[0] == MissingReason.BELOW_INTRINSIC
    assert figures.price_basis[:2].tolist() == [0, PriceBasis.LAST]


# Several chains at once


def test_chains_analysed_together_mean_what_each_means_alone() -> None:
    whole = priced_chain()
    others = [
        whole,
        replace(whole, spot_price=None),
        replace(whole, expires_at=None, expiry=whole.timestamp.date()),
        replace(whole, timestamp=EXPIRES_AT),
        replace(whole, calls=with_quote(whole.calls, 2, bid=1500.0, ask=1501.0)),
        replace(whole, timestamp=whole.timestamp - timedelta(days=200)),
        chain(calls=legs([]), puts=legs([])),
    ]
    questions = [(each, terms) for each in others for terms in (TERMS, NSE)]

    assert_as_alone(questions)


@given(
    parts=st.lists(
        st.tuples(*[st.sets(st.integers(0, len(STRIKES) - 1))] * 2), min_size=2, max_size=6
    ),
    # Sums of what no double holds exactly depend on their order.
    seventy_fifths=st.permutations(range(1, 2 * len(STRIKES) + 1)),
    convention=st.sampled_from(PricingConvention),
)
def test_chains_of_any_strikes_leave_one_another_untouched(
    parts: list[tuple[set[int], set[int]]],
    seventy_fifths: list[int],
    convention: PricingConvention,
) -> None:
    whole, interests = priced_chain(), np.array(seventy_fifths) ** 3 / 75.0
    calls, puts = (
        replace(side, open_interest=interest, volume=interest)
        for side, interest in (
            (whole.calls, interests[: len(STRIKES)]),
            (whole.puts, interests[len(STRIKES) :]),
        )
    )
    terms = PricingTerms(convention=convention, rate=RATE, contract_size=75.0)

    assert_as_alone(
        [
            (replace(whole, calls=_only(calls, called), puts=_only(puts, put)), terms)
            for called, put in parts
        ]
    )


def _only(side: Legs, places: set[int]) -> Legs:
    return Legs.from_table(side.table()[sorted(places)])


def assert_as_alone(questions: list[tuple[OptionChain, PricingTerms]]) -> None:
    together = analyse_together(questions)

    for (each, terms), analysis in zip(questions, together, strict=True):
        alone = analyse(each, terms)
        assert analysis.metrics == alone.metrics
        for name in (*FIGURE_COLUMNS, *FIGURE_CODES):
            for one, other in zip(sides_of(analysis), sides_of(alone), strict=True):
                assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def sides_of(analysis: ChainAnalysis) -> tuple[LegFigures, LegFigures]:
    return analysis.call_figures, analysis.put_figures
