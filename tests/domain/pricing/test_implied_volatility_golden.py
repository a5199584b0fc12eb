"""Implied volatilities against prices computed in 400 digits and rounded to doubles.

Rows are (call, forward, strike, years, discount, volatility, price). The arguments are exact
doubles; the price is what Python and mpmath give, with mpf arguments, for

    mp.dps = 400
    N = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
    s = volatility * mp.sqrt(years)
    d1 = mp.log(forward / strike) / s + s / 2
    sign = 1 if call else -1
    price = float(discount * sign * (forward * N(sign * d1) - strike * N(sign * (d1 - s))))

Arguments are drawn from forwards, times, discounts and volatilities as listed, and strikes, rounded
to six digits, uniformly by their distance from the forward in deviations.
"""

import numpy as np
import pytest

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    normalised_black,
    value_per_vega,
)
from deltastream.domain.pricing.implied_volatility.search import normalised_implied_volatility
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities

EPSILON = np.finfo(np.float64).eps

OUT_OF_THE_MONEY = np.array(
    [
        (False, 0.3127, 0.278959, 3.0, 0.86, 0.05, 0.0009622416987034798),
        (False, 44987.35, 25105.1, 0.019178082191780823, 0.86, 1.5, 4.4268394533181485),
        (False, 44987.35, 44499.8, 0.0027397260273972603, 0.9713, 0.8, 513.6080259599348),
        (False, 44987.35, 44091.5, 0.019178082191780823, 0.9713, 0.05, 0.15952692415887051),
        (False, 21543.7, 19535.3, 3.0, 1.0, 0.05, 114.78417177536112),
        (True, 0.3127, 0.321231, 3.0, 0.86, 0.31, 0.054099106748323175),
        (True, 21543.7, 786330.0, 1.0, 0.9713, 1.5, 411.7161332187383),
        (True, 0.3127, 94.9712, 3.0, 0.86, 1.5, 0.030360308677446837),
        (True, 0.3127, 0.34496, 0.019178082191780823, 0.9713, 0.31, 5.206953842624983e-05),
        (True, 21543.7, 42485.8, 0.25, 1.0, 1.5, 2161.0685977873695),
        (False, 0.3127, 0.312067, 0.0027397260273972603, 0.9713, 0.05, 9.985954155712778e-05),
        (False, 44987.35, 37344.1, 0.25, 1.0, 0.13, 1.6280211822981832),
        (False, 0.3127, 0.293306, 0.019178082191780823, 1.0, 0.31, 0.00038846439199963505),
        (False, 44987.35, 44734.2, 1.0, 1.0, 0.31, 5400.224364720583),
        (False, 0.3127, 0.0646439, 3.0, 0.86, 0.31, 3.045517283443612e-05),
        (True, 187.41, 260.201, 0.019178082191780823, 1.0, 1.5, 1.1137063944406365),
        (False, 21543.7, 20674.4, 0.0027397260273972603, 0.86, 0.31, 0.5237967797237004),
        (True, 44987.35, 50598.0, 1.0, 0.9713, 0.05, 7.305409365018876),
        (True, 187.41, 364.495, 3.0, 0.86, 1.5, 118.44599113881478),
        (False, 44987.35, 44789.4, 0.0027397260273972603, 0.86, 0.05, 1.9162696739605758),
        (False, 0.3127, 0.255289, 0.0027397260273972603, 0.86, 1.5, 2.9401617675507965e-05),
        (True, 44987.35, 74413.2, 1.0, 1.0, 0.31, 390.9252855930877),
        (False, 44987.35, 40441.2, 0.019178082191780823, 1.0, 0.31, 3.884869350241732),
        (True, 187.41, 55433.2, 3.0, 0.9713, 1.5, 20.893914247392797),
        (False, 187.41, 125.172, 0.019178082191780823, 0.9713, 1.5, 0.3040106408528266),
        (True, 44987.35, 46029.1, 0.0027397260273972603, 1.0, 0.31, 26.434378366798672),
        (True, 21543.7, 21585.5, 0.019178082191780823, 1.0, 0.05, 40.988354207454826),
        (True, 44987.35, 65424.9, 1.0, 1.0, 0.13, 4.07156143783604),
        (True, 21543.7, 1636740.0, 1.0, 0.86, 1.5, 107.85096848641211),
        (True, 0.3127, 0.317738, 0.019178082191780823, 0.86, 0.8, 0.00993337175121097),
        (False, 187.41, 174.424, 0.019178082191780823, 1.0, 0.13, 2.444451539713197e-05),
        (True, 21543.7, 497074.0, 3.0, 0.9713, 0.31, 2.1371160361762605e-05),
        (False, 44987.35, 26728.6, 1.0, 0.86, 0.13, 0.02704392796933377),
        (False, 0.3127, 0.161214, 0.019178082191780823, 0.86, 0.8, 3.7885490171693524e-12),
        (True, 0.3127, 0.322135, 0.0027397260273972603, 0.9713, 0.13, 2.7476425780205404e-09),
        (False, 21543.7, 17875.0, 0.0027397260273972603, 0.9713, 0.8, 0.0006793255056909166),
        (False, 0.3127, 0.00230441, 1.0, 1.0, 1.5, 4.422778919021091e-06),
        (False, 187.41, 6.26716, 1.0, 1.0, 0.8, 5.9095816079285457e-05),
        (False, 44987.35, 24241.1, 1.0, 0.86, 0.13, 0.0007073115842268818),
        (False, 0.3127, 0.198037, 0.0027397260273972603, 0.86, 1.5, 8.14915007825677e-12),
        (False, 21543.7, 18904.5, 0.25, 0.86, 0.05, 6.690323059811174e-06),
        (True, 0.3127, 0.349816, 0.25, 0.9713, 0.05, 5.9545735753615684e-09),
        (False, 0.3127, 0.135129, 0.019178082191780823, 1.0, 1.5, 2.5521515111240124e-07),
        (True, 21543.7, 26761.6, 1.0, 0.9713, 0.05, 0.0017692585047812276),
        (False, 21543.7, 683.981, 1.0, 1.0, 0.8, 0.0048810121674653815),
        (False, 0.3127, 4.20177e-07, 3.0, 0.86, 1.5, 6.443017591613645e-12),
        (True, 21543.7, 829043000.0, 3.0, 0.86, 1.5, 23.565477015743742),
        (True, 44987.35, 54701.2, 0.0027397260273972603, 1.0, 0.8, 0.0006225275532180008),
        (True, 0.3127, 0.417783, 0.0027397260273972603, 1.0, 1.5, 7.661568953588966e-07),
        (False, 21543.7, 20808.5, 0.0027397260273972603, 1.0, 0.13, 4.4171561345031614e-06),
    ]
)
"""30 within 3 deviations of the money, 20 from 3 to 6."""

IN_THE_MONEY = np.array(
    [
        (False, 187.41, 230.912, 1.0, 1.0, 0.13, 44.12121355248526),
        (True, 187.41, 82.1706, 1.0, 1.0, 0.31, 105.28542817549268),
        (True, 187.41, 113.032, 1.0, 1.0, 0.13, 74.37821903629825),
        (False, 21543.7, 21955.8, 1.0, 0.9713, 0.31, 2807.1719590293296),
        (True, 187.41, 177.124, 0.019178082191780823, 0.9713, 0.13, 9.991540074079564),
        (False, 187.41, 189.221, 0.019178082191780823, 0.9713, 0.31, 4.09019043219072),
        (True, 187.41, 175.676, 0.019178082191780823, 1.0, 0.31, 11.959096257337064),
        (False, 187.41, 523.283, 1.0, 0.9713, 0.31, 326.24477474979386),
        (True, 21543.7, 15769.0, 0.019178082191780823, 0.9713, 0.8, 5610.392119947995),
        (False, 187.41, 229.56, 0.019178082191780823, 0.9713, 0.8, 41.23445977667085),
        (True, 187.41, 179.237, 0.019178082191780823, 1.0, 0.13, 8.180103947909544),
        (False, 21543.7, 24097.9, 0.25, 0.9713, 0.13, 2505.7093638196848),
        (False, 21543.7, 27781.1, 1.0, 1.0, 0.13, 6267.712901675343),
        (False, 187.41, 233.077, 0.25, 1.0, 0.31, 46.83442951630624),
        (True, 187.41, 64.6232, 1.0, 1.0, 0.31, 122.78935555521583),
        (False, 187.41, 190.297, 0.019178082191780823, 0.9713, 0.13, 3.1678451581014357),
    ]
)
"""Within 4 deviations."""


def deviations_from_the_money(table: FloatArray) -> FloatArray:
    _, forward, strikes, years, _, volatility, _ = table.T
    return np.asarray(np.abs(np.log(forward / strikes)) / (volatility * np.sqrt(years)))


def solved(table: FloatArray) -> FloatArray:
    call, forward, strikes, years, discount, _, price = table.T
    found = implied_volatilities(
        prices=price,
        calls=call == 1.0,
        forward=forward,
        strikes=strikes,
        years=years,
        discount=discount,
    )
    assert not found.reasons.any()
    return found.values


@pytest.mark.parametrize(("nearest", "furthest", "options"), [(0.0, 3.0, 30), (3.0, 6.0, 20)])
def test_out_of_the_money_every_price_gives_its_volatility_back(
    nearest: float, furthest: float, options: int
) -> None:
    distance = deviations_from_the_money(OUT_OF_THE_MONEY)
    table = OUT_OF_THE_MONEY[(distance >= nearest) & (distance < furthest)]

    assert len(table) == options
    np.testing.assert_allclose(solved(table), table[:, 5], rtol=1e-13)


def test_in_the_money_volatilities_are_as_precise_as_the_time_value_in_the_price() -> None:
    call, forward, strikes, years, discount, volatility, price = IN_THE_MONEY.T
    # Where rounding moves the price, at the scale of the underlying, by a part of EPSILON, the
    # time value moves by so much more of itself, and the volatility by that over its elasticity.
    s = volatility * np.sqrt(years)
    h = deviations_from_the_money(IN_THE_MONEY)
    time_value = price / discount - np.abs(forward - strikes)
    maximum = np.where(call == 1.0, forward, strikes)
    attainable = EPSILON * maximum / time_value * value_per_vega(h, s) / s

    error = np.abs(solved(IN_THE_MONEY) / volatility - 1.0)
    assert attainable.max() > 1e-12, "no option shows the loss"
    assert np.all(error <= 2.0 * attainable + 1e-13)


@pytest.mark.parametrize("s", [1e-20, 1e-12, 1e-5, 0.003, 0.079, 0.081, 0.3, 1.2, 2.5, 3.0, 7.0])
@pytest.mark.parametrize("distance", [0.0, 1e-9, 0.1, 1.0, 3.0, 8.0, 20.0, 36.0])
def test_normalised_search_inverts_the_formula(s: float, distance: float) -> None:
    x = -distance * s
    beta = normalised_black(x, s)
    elasticity = s / value_per_vega(np.array([distance]), np.array([s]))[0]

    found = normalised_implied_volatility(beta, x)
    # The formula and the rounding of beta err by that much, up to where beta says little of s.
    assert found == pytest.approx(s, rel=1e-13 + 4.0 * EPSILON / elasticity, abs=0.0)


@pytest.mark.parametrize("x", [-29.0, -60.0, -250.0, -600.0])
@pytest.mark.parametrize("part", [1e-3, 0.3, 0.9, 1.1])
def test_normalised_search_inverts_the_formula_however_far_the_strike(
    x: float, part: float
) -> None:
    # From about as little as a double holds to where nearly the maximum is reached.
    least, most = -x / (37.2 + 0.5 * part), np.sqrt(-2.0 * x)
    s = least + part * (most - least)
    beta = normalised_black(x, s)

    assert beta > 0.0
    # Householder's error grows with s: 2e-10 where strikes differ from forwards by 1e300.
    assert normalised_implied_volatility(beta, x) == pytest.approx(s, rel=2e-10)


def test_normalised_search_inverts_the_formula_for_the_smallest_prices() -> None:
    x = np.array([-5.0, -13.0, -29.0])
    s = -x / 37.3
    beta = normalised_black(x, s)

    assert np.all(beta < 1e-305)
    np.testing.assert_allclose(normalised_implied_volatility(beta, x), s, rtol=1e-13)


@pytest.mark.parametrize(
    ("beta", "x"),
    [(0.0, -0.1), (-0.1, -0.1), (1.0, 0.0), (0.7, -1.0), (np.nan, -1.0), (0.1, np.nan), (0.1, 0.1)],
)
def test_normalised_search_finds_nothing_out_of_range(beta: float, x: float) -> None:
    assert np.isnan(normalised_implied_volatility(beta, x))


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_strike_a_hair_from_the_forward_is_as_precise_as_any(gap: float) -> None:
    forward, strike = 1.0, 1.0 + gap
    log_moneyness = np.log1p((forward - strike) / strike)
    s = -0.5 * log_moneyness
    price = np.sqrt(strike) * normalised_black(log_moneyness, s)
    found = implied_volatilities(
        prices=price, calls=True, forward=forward, strikes=strike, years=1.0, discount=1.0
    )

    assert found.values == pytest.approx(s, rel=1e-13, abs=0.0)


@pytest.mark.parametrize("unit", [2.0**-600, 2.0**600])
def test_the_unit_of_money_makes_no_difference(unit: float) -> None:
    call, forward, strikes, years, discount, _, price = OUT_OF_THE_MONEY.T
    found = implied_volatilities(
        prices=price * unit,
        calls=call == 1.0,
        forward=forward * unit,
        strikes=strikes * unit,
        years=years,
        discount=discount,
    )

    assert found.values.tobytes() == solved(OUT_OF_THE_MONEY).tobytes()
