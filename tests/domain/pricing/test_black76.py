"""Prices on a forward: exact where they are small, bounded, and harmless where they are absurd."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.black76 import black76, black76_price

CALL_AND_PUT = np.array([True, False])
CALLS_AND_PUTS = np.array([[True], [False]])

ARGUMENTS = ("forward", "strikes", "volatility", "years", "rate")

# The arguments, the call, the put: discount * (F N(d1) - K N(d2)) and its mirror, computed with
# mpmath 1.4 to 80 digits from the doubles given.
TO_THE_LAST_DIGIT = [
    (100, 100, 0.2, 1, 0.05, 7.57708214642727291, 7.57708214642727291),
    (100, 100, 0.2, 2**-19, 0.05, 0.0110193267177526784, 0.0110193267177526784),
    (24600, 24650, 0.125, 0.0625, 0.0625, 281.531896958228782, 331.336965431734657),
    (24600, 26000, 0.125, 0.015625, 0.0625, 0.0194868340335370616, 1398.65296668879946),
    (24600, 23000, 0.125, 0.015625, 0.0625, 1598.4389230538406, 0.000660362679537747062),
    (100.3, 100.2, 0.015625, 0.0009765625, 0.05, 0.100365316919223281, 0.000370199612521616032),
    (100, 101, 0.078125, 1, 0, 2.65687564051245805, 3.65687564051245805),
    (100, 101, 0.08203125, 1, 0, 2.81216005304562572, 3.81216005304562572),
    (100, 90, 2, 1, 0.1, 63.2655153551478555, 54.2171411747882598),
    (5e-4, 1e-3, 0.75, 0.5, 0.02, 0.0000162525698599471895, 0.000511277486734531227),
    (100, 150, 0.0625, 1, 0.03125, 4.77687937452692771e-11, 48.4616617238649729),
    (3, 3.01, 0.0078125, 0.00390625, 0.05, 9.72779862269837082e-16, 0.00999804706572320591),
    (100, 200, 0.25, 0.25, 0.05, 4.35372647071779071e-8, 98.7577800929254074),
    (100, 300, 0.25, 0.25, 0.05, 1.78901246226162279e-18, 197.515560098776285),
    (100, 1e6, 1.5, 0.5, 0, 1.9907932067556473e-15, 999900.0),
    (100, 700, 0.25, 0.25, 0.05, 1.2614136197296934e-54, 592.546680296328856),
    (100, 5, 0.25, 0.5, 0.05, 92.6544416426916034, 2.30164495542877951e-65),
    (100, 134.5, 0.0625, 0.0625, 0.05, 1.45106314624135749e-81, 34.3923557816921808),
    (100, 8, 0.125, 1, 0.05, 87.5131070540656886, 7.19090094063113399e-92),
    (100, 1300, 0.25, 0.25, 0.05, 1.55041188036389572e-93, 1185.09336059265771),
    (100, 67, 0.01953125, 1, 0, 33.0, 7.62296101035293532e-95),
    (1, 1.0625, 0.0029296875, 1, 0, 2.89656681046063046e-99, 0.0625),
    (100, 139, 0.0625, 0.0625, 0.05, 5.79707925421167595e-100, 38.8783152314781175),
]
NEAR_THE_MONEY = TO_THE_LAST_DIGIT[:10]

ABSURD = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, -1e300, 1e-300, 5e-324])

LOG_MONEYNESS = st.floats(-2.0, 2.0)
VOLATILITIES = st.floats(1e-3, 4.0)
YEARS = st.floats(1e-6, 5.0)


def option(*, log_moneyness: float, **others: float) -> dict[str, float]:
    """Return the arguments of the kernel."""
    return {"strikes": others["forward"] * float(np.exp(-log_moneyness)), **others}


OPTIONS = st.builds(
    option,
    forward=st.floats(1e-2, 1e5),
    log_moneyness=LOG_MONEYNESS,
    volatility=VOLATILITIES,
    years=YEARS,
    rate=st.floats(-0.1, 0.2),
)


def discounted_intrinsic(
    forward: float, strike: float | FloatArray, discount: float
) -> tuple[FloatArray, FloatArray]:
    call = discount * np.maximum(forward - strike, 0.0)
    put = discount * np.maximum(strike - forward, 0.0)
    return call, put


def test_a_textbook_example() -> None:
    # Hull, Options, Futures, and Other Derivatives: futures price 20, strike 20, r 9 %, sigma
    # 25 %, four months: the put is worth 1.12.
    prices = black76_price(
        calls=CALL_AND_PUT, forward=20.0, strikes=20.0, volatility=0.25, years=4 / 12, rate=0.09
    )

    assert prices == pytest.approx(1.12, abs=0.005)


@pytest.mark.parametrize("golden", TO_THE_LAST_DIGIT)
def test_prices_keep_their_digits_however_far_out_of_the_money(golden: tuple[float, ...]) -> None:
    *arguments, call, put = golden

    prices = black76_price(calls=CALL_AND_PUT, **dict(zip(ARGUMENTS, arguments, strict=True)))

    np.testing.assert_allclose(prices, [call, put], rtol=3e-13, atol=0.0)


def test_prices_near_the_money_are_right_to_thirteen_digits_however_near_expiry() -> None:
    *arguments, calls, puts = np.array(NEAR_THE_MONEY).T

    prices = black76_price(calls=CALLS_AND_PUTS, **dict(zip(ARGUMENTS, arguments, strict=True)))

    np.testing.assert_allclose(prices, [calls, puts], rtol=3e-14, atol=0.0)


@given(option=OPTIONS)
def test_put_call_parity_holds_to_rounding(option: dict[str, float]) -> None:
    call, put = black76_price(calls=CALL_AND_PUT, **option)

    discount = np.exp(-option["rate"] * option["years"])
    parity = discount * (option["forward"] - option["strikes"])
    assert call - put == pytest.approx(parity, rel=1e-15, abs=4e-16 * max(call, put))


@given(option=OPTIONS)
def test_a_price_lies_between_intrinsic_value_and_the_most_it_can_pay(
    option: dict[str, float],
) -> None:
    forward, strike = option["forward"], option["strikes"]

    call, put = black76_price(calls=CALL_AND_PUT, **option)

    discount = float(np.exp(-option["rate"] * option["years"]))
    least_call, least_put = discounted_intrinsic(forward, strike, discount)
    assert least_call <= call <= discount * forward * (1 + 1e-14)
    assert least_put <= put <= discount * strike * (1 + 1e-14)


@given(
    log_moneyness=LOG_MONEYNESS,
    volatilities=st.lists(VOLATILITIES, min_size=2, max_size=20, unique=True).map(sorted),
    years=YEARS,
)
def test_a_price_grows_with_volatility(
    log_moneyness: float, volatilities: list[float], years: float
) -> None:
    prices = black76_price(
        calls=CALLS_AND_PUTS,
        forward=100.0,
        strikes=100.0 * np.exp(-log_moneyness),
        volatility=np.array(volatilities),
        years=years,
        rate=0.05,
    )

    assert (np.diff(prices) >= -3e-13 * prices[:, 1:]).all()


def test_growth_with_volatility_is_strict_across_all_ways_to_compute() -> None:
    volatility = np.linspace(0.002, 1.0, 5001)

    prices = black76_price(
        calls=CALLS_AND_PUTS, forward=100.0, strikes=100.5, volatility=volatility, years=1.0, rate=0
    )

    assert (np.diff(prices) > 0.0).all()


@pytest.mark.parametrize("years", [0.0, -0.5])
@pytest.mark.parametrize("volatility", [0.2, 0.0, 1e300, np.inf, np.nan])
def test_at_expiry_a_price_is_its_intrinsic_value(years: float, volatility: float) -> None:
    strikes = np.array([90.0, 100.0, 110.0])

    prices, greeks = black76(
        calls=CALLS_AND_PUTS,
        forward=100.0,
        strikes=strikes,
        volatility=volatility,
        years=years,
        rate=0.05,
    )

    assert prices.tolist() == [[10.0, 0.0, 0.0], [0.0, 0.0, 10.0]]
    assert greeks.delta.tolist() == [[1.0, 0.5, 0.0], [0.0, -0.5, -1.0]]


def test_without_volatility_a_price_is_its_discounted_intrinsic_value() -> None:
    strikes = np.array([90.0, 100.0, 110.0])

    prices = black76_price(
        calls=CALLS_AND_PUTS, forward=100.0, strikes=strikes, volatility=0.0, years=2.0, rate=0.05
    )

    expected = discounted_intrinsic(100.0, strikes, np.exp(-0.1))
    np.testing.assert_allclose(prices, expected, rtol=1e-15)


@pytest.mark.parametrize("volatility", [25.0, 74.0, 100.0, 1e5, 1e300, np.inf])
def test_with_enormous_volatility_a_price_is_the_most_it_can_pay(volatility: float) -> None:
    prices, greeks = black76(
        calls=CALLS_AND_PUTS,
        forward=100.0,
        strikes=np.array([1.0, 100.0, 1e4]),
        volatility=volatility,
        years=1.0,
        rate=0.05,
    )

    discount = np.exp(-0.05)
    np.testing.assert_allclose(prices[0], discount * 100.0, rtol=3e-14)
    np.testing.assert_allclose(prices[1], discount * np.array([1.0, 100.0, 1e4]), rtol=3e-14)
    np.testing.assert_allclose(greeks.delta[0], discount, rtol=1e-15)
    np.testing.assert_allclose(greeks.vega, 0.0, atol=1e-30)


@pytest.mark.parametrize(
    "absurd",
    [
        {"forward": np.nan},
        {"forward": 0.0},
        {"forward": -100.0},
        {"forward": np.inf},
        {"strikes": np.nan},
        {"strikes": 0.0},
        {"strikes": -100.0},
        {"strikes": np.inf},
        {"forward": -100.0, "strikes": -100.0},
        {"volatility": np.nan},
        {"volatility": -0.2},
        {"years": np.nan},
        {"rate": np.nan},
    ],
)
def test_an_absurd_option_has_neither_price_nor_greeks(absurd: dict[str, float]) -> None:
    sane = {"forward": 100.0, "strikes": 100.0, "volatility": 0.2, "years": 1.0, "rate": 0.05}

    prices, greeks = black76(calls=CALL_AND_PUT, **(sane | absurd))

    assert np.isnan(prices).all()
    for name in greeks.__slots__:
        assert np.isnan(getattr(greeks, name)).all(), name


@given(
    argument=st.sampled_from(["forward", "strikes", "volatility", "years", "rate"]),
    position=st.integers(0, 4),
    absurd=ABSURD,
    deviation=st.sampled_from([0.02, 0.08, 0.5]),
)
def test_an_absurd_option_leaves_its_neighbours_as_they_are(
    argument: str, position: int, absurd: float, deviation: float
) -> None:
    sane = {
        "forward": np.full(5, 100.0),
        "strikes": np.linspace(90.0, 110.0, 5),
        "volatility": deviation * np.linspace(0.9, 1.1, 5),
        "years": np.full(5, 1.0),
        "rate": np.full(5, 0.05),
    }
    spoilt = {name: values.copy() for name, values in sane.items()}
    spoilt[argument][position] = absurd

    expected_prices, expected = black76(calls=CALLS_AND_PUTS, **sane)
    prices, greeks = black76(calls=CALLS_AND_PUTS, **spoilt)

    others = np.arange(5) != position
    assert prices[:, others].tolist() == expected_prices[:, others].tolist()
    for name in greeks.__slots__:
        found, wanted = getattr(greeks, name), getattr(expected, name)
        assert found[:, others].tolist() == wanted[:, others].tolist(), name


def test_all_arguments_broadcast_and_each_element_is_what_it_is_alone() -> None:
    arguments = {
        "calls": np.array([True, False]).reshape(2, 1, 1, 1, 1, 1),
        "forward": np.array([95.0, 101.0]).reshape(2, 1, 1, 1, 1),
        "strikes": np.array([90.0, 100.0, 130.0]).reshape(3, 1, 1, 1),
        "volatility": np.array([0.01, 0.2, np.nan]).reshape(3, 1, 1),
        "years": np.array([-1.0, 0.0, 0.01, 2.0]).reshape(4, 1),
        "rate": np.array([0.0, 0.05]),
    }
    shape = (2, 2, 3, 3, 4, 2)

    prices, greeks = black76(**arguments)

    assert prices.shape == shape
    spread = {name: np.broadcast_to(values, shape) for name, values in arguments.items()}
    for element in np.ndindex(shape):
        alone, alone_greeks = black76(**{name: spread[name][element] for name in arguments})
        assert alone.shape == ()
        np.testing.assert_allclose(prices[element], alone, rtol=1e-13)
        for name in greeks.__slots__:
            found, wanted = getattr(greeks, name)[element], getattr(alone_greeks, name)
            np.testing.assert_allclose(found, wanted, rtol=1e-13, err_msg=name)


def test_the_price_alone_is_the_price_with_greeks() -> None:
    table = np.array(TO_THE_LAST_DIGIT).T
    arguments = dict(zip(ARGUMENTS, table, strict=False))

    prices, _ = black76(calls=CALLS_AND_PUTS, **arguments)

    assert black76_price(calls=CALLS_AND_PUTS, **arguments).tolist() == prices.tolist()


def test_no_options_have_no_prices() -> None:
    prices, greeks = black76(
        calls=CALLS_AND_PUTS,
        forward=100.0,
        strikes=np.empty(0),
        volatility=np.empty(0),
        years=1.0,
        rate=0.0,
    )

    assert prices.shape == greeks.delta.shape == greeks.vega.shape == (2, 0)
