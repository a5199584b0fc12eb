"""CalculateOptions: prices, implied volatilities and Greeks of a batch."""

import threading
from math import erf, exp, inf, log, nan, pi, sqrt
from typing import Any

import numpy as np
import pytest
from tests.analytics.analytics_mesh import Mesh, stated

from deltastream.analytics.queries.calculation import GREEKS, OptionBatch, PricingModel, calculate
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.market.v1 import missing_pb2, product_pb2

CALL, PUT = product_pb2.OPTION_TYPE_CALL, product_pb2.OPTION_TYPE_PUT
FIGURES = ("price", "iv", *GREEKS)


def option(**fields: Any) -> pb.OptionInput:
    """Return a call at the money, of a quarter year; with a volatility unless a price is given."""
    given: dict[str, Any] = {
        "option_type": CALL,
        "underlying": 100.0,
        "strike": 100.0,
        "years_to_expiry": 0.25,
    }
    given |= {} if "price" in fields else {"volatility": 0.2}
    return pb.OptionInput(**(given | fields))


async def calculate_all(
    mesh: Mesh,
    *options: pb.OptionInput,
    model: pb.PricingModel.ValueType = pb.PRICING_MODEL_UNSPECIFIED,
) -> list[pb.OptionOutput]:
    request = pb.CalculateOptionsRequest(options=options, model=model)
    return list((await mesh.analytics.CalculateOptions(request)).results)


def normal(x: float) -> float:
    return (1.0 + erf(x / sqrt(2.0))) / 2.0


def black(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Price a call by the formula."""
    deviation = volatility * sqrt(years)
    d1 = log(forward / strike) / deviation + deviation / 2.0
    return exp(-rate * years) * (forward * normal(d1) - strike * normal(d1 - deviation))


async def test_a_volatility_gives_price_and_greeks(mesh: Mesh) -> None:
    (result,) = await calculate_all(mesh, option(strike=105.0, rate=0.05))
    years, deviation = 0.25, 0.2 * sqrt(0.25)
    d1 = log(100.0 / 105.0) / deviation + deviation / 2.0
    density, discount = exp(-d1 * d1 / 2.0) / sqrt(2.0 * pi), exp(-0.05 * years)
    assert result.price == pytest.approx(black(100.0, 105.0, 0.2, years, 0.05))
    assert result.iv == 0.2
    assert result.delta == pytest.approx(discount * normal(d1))
    assert result.gamma == pytest.approx(discount * density / (100.0 * deviation))
    assert result.vega == pytest.approx(discount * 100.0 * density * sqrt(years) / 100.0)
    assert result.rho == pytest.approx(-years * result.price / 100.0)
    tomorrow = black(100.0, 105.0, 0.2, years - 1e-6, 0.05)
    assert result.theta == pytest.approx((tomorrow - result.price) / 1e-6 / 365.0, rel=1e-4)
    assert result.missing == missing_pb2.MISSING_REASON_UNSPECIFIED
    assert set(stated(result, FIGURES)) == set(FIGURES)


async def test_black_scholes_is_on_spot_with_a_dividend_yield(mesh: Mesh) -> None:
    # Haug, "The complete guide to option pricing formulas": a European put of 2.4648.
    put = option(option_type=PUT, strike=95.0, years_to_expiry=0.5, rate=0.10, dividend_yield=0.05)
    (result,) = await calculate_all(mesh, put, model=pb.PRICING_MODEL_BLACK_SCHOLES)
    assert result.price == pytest.approx(2.4648, abs=5e-5)


async def test_the_dividend_yield_is_nothing_to_black_76(mesh: Mesh) -> None:
    plain, yielding = await calculate_all(mesh, option(), option(dividend_yield=0.05))
    assert plain == yielding


@pytest.mark.parametrize("model", [pb.PRICING_MODEL_BLACK76, pb.PRICING_MODEL_BLACK_SCHOLES])
async def test_a_price_gives_back_the_volatility_it_was_made_with(
    mesh: Mesh, model: pb.PricingModel.ValueType
) -> None:
    made = [
        option(option_type=side, strike=strike, volatility=0.35, rate=0.03, dividend_yield=0.01)
        for side in (CALL, PUT)
        for strike in (80.0, 100.0, 125.0)
    ]
    values = await calculate_all(mesh, *made, model=model)
    priced = []
    for each, value in zip(made, values, strict=True):
        again = pb.OptionInput()
        again.CopyFrom(each)
        again.ClearField("volatility")
        again.price = value.price
        priced.append(again)
    results = await calculate_all(mesh, *priced, model=model)
    assert [each.iv for each in results] == pytest.approx([0.35] * 6, rel=1e-9)
    for result, value in zip(results, values, strict=True):
        assert result.price == value.price
        for greek in GREEKS:
            assert getattr(result, greek) == pytest.approx(getattr(value, greek), rel=1e-6)


async def test_a_bad_option_says_why_and_spoils_no_neighbour(mesh: Mesh) -> None:
    good = option(price=3.0)
    bad = {
        missing_pb2.MISSING_REASON_BELOW_INTRINSIC: option(strike=80.0, price=19.0),
        missing_pb2.MISSING_REASON_ABOVE_MAXIMUM: option(price=101.0),
        missing_pb2.MISSING_REASON_EXPIRED: option(years_to_expiry=0.0, price=3.0),
    }
    (alone,) = await calculate_all(mesh, good)
    mixed = await calculate_all(
        mesh, *(each for wrong in bad.values() for each in (good, wrong)), good
    )
    assert mixed[::2] == [alone] * 4
    assert [each.missing for each in mixed[1::2]] == list(bad)
    for each, wrong in zip(mixed[1::2], bad.values(), strict=True):
        assert not each.HasField("iv")
        assert each.price == wrong.price
    assert alone.HasField("iv")
    assert not mixed[1].HasField("delta")


async def test_an_expired_option_is_worth_its_intrinsic_value(mesh: Mesh) -> None:
    inside, outside = await calculate_all(
        mesh,
        option(years_to_expiry=0.0, strike=90.0),
        option(years_to_expiry=0.0, strike=110.0),
    )
    assert (inside.price, inside.delta, inside.gamma, inside.theta) == (10.0, 1.0, 0.0, 0.0)
    assert (outside.price, outside.delta) == (0.0, 0.0)
    for each in (inside, outside):
        assert not each.HasField("iv")
        assert each.missing == missing_pb2.MISSING_REASON_EXPIRED


async def test_no_number_that_is_none_leaves_it(mesh: Mesh) -> None:
    extreme = [
        option(underlying=underlying, strike=strike, years_to_expiry=years, rate=rate, **given)
        for underlying in (1e-300, 1.0, 1e308)
        for strike in (1e-300, 1.0, 1e308)
        for years in (0.0, 1e-9, 100.0)
        for rate in (-1.0, 1.0)
        for given in ({"price": 0.0}, {"price": 1e308}, {"volatility": 1e-9}, {"volatility": 100.0})
    ]
    for model in (pb.PRICING_MODEL_BLACK76, pb.PRICING_MODEL_BLACK_SCHOLES):
        for result in await calculate_all(mesh, *extreme, model=model):
            figures = stated(result, FIGURES)
            assert np.isfinite(list(figures.values())).all()
            assert (len(figures) < len(FIGURES)) == (result.missing != 0)


async def test_a_large_batch_is_in_order(mesh: Mesh) -> None:
    strikes = np.linspace(50.0, 150.0, 10_000).tolist()
    options = [option(strike=strike) for strike in strikes]
    results = await calculate_all(mesh, *options)
    assert len(results) == 10_000
    for at in (0, 4_999, 9_999):
        expected = black(100.0, strikes[at], 0.2, 0.25, 0.0)
        assert results[at].price == pytest.approx(expected, abs=1e-12)


async def test_only_a_large_batch_goes_to_a_thread(mesh: Mesh) -> None:
    # Those of another test's server may be ending.
    before = set(threading.enumerate())

    def threads() -> list[str]:
        names = (thread.name for thread in set(threading.enumerate()) - before)
        return [name for name in names if name.startswith("analytics")]

    await calculate_all(mesh, *[option()] * 200)
    assert threads() == []
    await calculate_all(mesh, *[option()] * 201)
    assert len(threads()) == 1


def test_an_empty_half_of_a_batch_is_no_matter() -> None:
    one = np.ones(1)
    batch = OptionBatch(
        calls=one.astype(bool), underlying=one, strikes=one, years=one, rate=0 * one,
        dividend_yield=0 * one, price=nan * one, volatility=0.2 * one,
    )  # fmt: skip
    figures = calculate(batch, PricingModel.BLACK76)
    assert 0.0 < figures.price[0] < inf
    assert figures.reasons.tolist() == [0]
