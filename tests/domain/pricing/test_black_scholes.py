"""Prices on spot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing.black_scholes import black_scholes, black_scholes_price

CALL_AND_PUT = np.array([True, False])
CALLS_AND_PUTS = np.array([[True], [False]])

ARGUMENTS = ("spot", "strikes", "volatility", "years", "rate", "dividend_yield")

# The arguments, the call, the put: S exp(-qT) N(d1) - K exp(-rT) N(d2) and its mirror, computed
# with mpmath 1.4 to 80 digits from the doubles given.
TO_THE_LAST_DIGIT = [
    (100, 100, 0.2, 1, 0.05, 0.02, 9.22700550815404808, 6.33008062754991854),
    (24600, 24700, 0.125, 0.03125, 0.0625, 0, 192.164819870678389, 243.969713225322565),
    (100, 90, 0.3, 0.5, 0.01, 0.08, 11.5295261114374181, 5.0017053235465054),
    (500, 500, 1.5, 2, 0.05, 0.1, 285.135216117651787, 328.188548596640646),
    (100, 250, 0.25, 0.5, 0.05, 0, 1.17351209236331028e-6, 143.827479180595259),
    (100, 40, 0.25, 0.5, 0.05, 0.03, 59.4987976361503967, 1.56977437235344763e-7),
    (100, 120, 0.0625, 0.0625, 0.0625, 0.03125, 5.79473070473217978e-32, 19.7272862256665515),
    (100, 600, 0.25, 0.25, 0.05, 0.02, 3.33646328869255142e-46, 493.045432377060625),
    (100, 1500, 0.3, 0.25, 0.05, 0.02, 2.89035273444716508e-72, 1381.86545282155391),
    (100, 7, 0.2, 0.5, 0.0625, 0.015625, 92.4371611846899426, 2.92234738634301932e-81),
]


def option(*, log_moneyness: float, **others: float) -> dict[str, float]:
    """Return the arguments of the kernel."""
    return {"strikes": others["spot"] * float(np.exp(-log_moneyness)), **others}


OPTIONS = st.builds(
    option,
    spot=st.floats(1.0, 1e5),
    log_moneyness=st.floats(-2.0, 2.0),
    volatility=st.floats(1e-2, 4.0),
    years=st.floats(1e-5, 5.0),
    rate=st.floats(-0.1, 0.2),
    dividend_yield=st.floats(-0.1, 0.2),
)


@pytest.mark.parametrize("golden", TO_THE_LAST_DIGIT)
def test_prices_keep_their_digits_however_far_out_of_the_money(golden: tuple[float, ...]) -> None:
    *arguments, call, put = golden

    prices = black_scholes_price(calls=CALL_AND_PUT, **dict(zip(ARGUMENTS, arguments, strict=True)))

    np.testing.assert_allclose(prices, [call, put], rtol=3e-13, atol=0.0)


@given(option=OPTIONS)
def test_put_call_parity_holds_to_rounding(option: dict[str, float]) -> None:
    call, put = black_scholes_price(calls=CALL_AND_PUT, **option)

    share = option["spot"] * np.exp(-option["dividend_yield"] * option["years"])
    bond = option["strikes"] * np.exp(-option["rate"] * option["years"])
    assert call - put == pytest.approx(share - bond, abs=1e-15 * (share + bond))


@given(option=OPTIONS)
def test_a_price_is_that_on_the_forward_of_spot(option: dict[str, float]) -> None:
    spot, carry = option["spot"], option["rate"] - option["dividend_yield"]
    shared = {name: option[name] for name in ("strikes", "volatility", "years", "rate")}

    on_spot = black_scholes_price(calls=CALL_AND_PUT, **option)
    on_forward = black76_price(
        calls=CALL_AND_PUT, forward=spot * np.exp(carry * option["years"]), **shared
    )

    # Rounding the forward moves a price by no more than this part of spot.
    np.testing.assert_allclose(on_spot, on_forward, rtol=1e-13, atol=1e-15 * spot)


@pytest.mark.parametrize("years", [0.0, -0.5])
@pytest.mark.parametrize("volatility", [0.2, 0.0, np.nan])
def test_at_expiry_a_price_is_its_intrinsic_value(years: float, volatility: float) -> None:
    prices, greeks = black_scholes(
        calls=CALLS_AND_PUTS,
        spot=100.0,
        strikes=np.array([90.0, 100.0, 110.0]),
        volatility=volatility,
        years=years,
        rate=0.05,
        dividend_yield=0.02,
    )

    assert prices.tolist() == [[10.0, 0.0, 0.0], [0.0, 0.0, 10.0]]
    assert greeks.delta.tolist() == [[1.0, 0.5, 0.0], [0.0, -0.5, -1.0]]


def test_without_volatility_spot_grows_into_the_forward() -> None:
    strikes = np.array([90.0, 102.0, 110.0])

    prices = black_scholes_price(
        calls=CALLS_AND_PUTS,
        spot=100.0,
        strikes=strikes,
        volatility=0.0,
        years=1.0,
        rate=0.05,
        dividend_yield=0.02,
    )

    difference = 100.0 * np.exp(-0.02) - strikes * np.exp(-0.05)
    assert (difference > 0.0).tolist() == [True, True, False]
    expected = np.maximum([difference, -difference], 0.0)
    np.testing.assert_allclose(prices, expected, atol=1e-13)


@pytest.mark.parametrize(
    "absurd",
    [
        {"spot": np.nan},
        {"spot": -100.0},
        {"strikes": 0.0},
        {"volatility": np.nan},
        {"volatility": -0.2},
        {"years": np.nan},
        {"rate": np.nan},
        {"dividend_yield": np.nan},
    ],
)
def test_an_absurd_option_has_neither_price_nor_greeks(absurd: dict[str, float]) -> None:
    market = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02}
    option = {"strikes": 100.0, "volatility": 0.2, "years": 1.0}

    prices, greeks = black_scholes(calls=CALL_AND_PUT, **(market | option | absurd))

    assert np.isnan(prices).all()
    for name in greeks.__slots__:
        assert np.isnan(getattr(greeks, name)).all(), name


def test_all_arguments_broadcast_and_each_element_is_what_it_is_alone() -> None:
    arguments = {
        "calls": np.array([True, False]).reshape(2, 1, 1, 1, 1, 1),
        "spot": np.array([95.0, 101.0]).reshape(2, 1, 1, 1, 1),
        "strikes": np.array([90.0, 100.0]).reshape(2, 1, 1, 1),
        "volatility": np.array([0.01, 0.2, np.nan]).reshape(3, 1, 1),
        "years": np.array([0.0, 0.01, 2.0]).reshape(3, 1),
        "rate": np.array([0.0, 0.05]),
        "dividend_yield": np.array([0.01, 0.0]),
    }
    shape = (2, 2, 2, 3, 3, 2)

    prices, greeks = black_scholes(**arguments)

    assert prices.shape == shape
    spread = {name: np.broadcast_to(values, shape) for name, values in arguments.items()}
    for element in np.ndindex(shape):
        alone, alone_greeks = black_scholes(**{name: spread[name][element] for name in arguments})
        np.testing.assert_allclose(prices[element], alone, rtol=1e-13)
        for name in greeks.__slots__:
            found, wanted = getattr(greeks, name)[element], getattr(alone_greeks, name)
            np.testing.assert_allclose(found, wanted, rtol=1e-13, err_msg=name)
