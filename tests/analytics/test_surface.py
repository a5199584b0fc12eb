"""GetVolatilitySurface: the smile of every expiry, fitted, and what lies between them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from tests.analytics.analytics_mesh import KEPT_SECONDS, Mesh, reasons
from tests.analytics.hand_clock import NOON
from tests.domain.chain_builders import legs

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import EnrichedChain, OptionChain
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.market.v1 import chain_pb2, missing_pb2
from deltastream.runtime.codec.moments import to_datetime

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
SPOT, RATE = 100.0, 0.05
STRIKES = np.arange(80.0, 126.0, 1.0)

Smile = Callable[[float], float]


def svi(k: float) -> float:
    """Return the total variance of a slice without arbitrage, of 20 days."""
    return 0.0012 + 0.01 * (-0.3 * (k - 0.02) + sqrt((k - 0.02) ** 2 + 0.05**2))


def flat(volatility: float) -> Smile:
    return lambda strike: volatility


def quoted(
    days: float,
    smile: Smile,
    *,
    strikes: list[float] | None = None,
    sequence: int = 1,
    at: datetime = NOW,
) -> EnrichedChain:
    """Return a chain that expires after some days, quoted about the values of a smile."""
    strikes = STRIKES.tolist() if strikes is None else strikes
    years, expires_at = days / 365.0, at + timedelta(days=days)
    values = [
        black76_price(
            calls=is_call,
            forward=SPOT * exp(RATE * years),
            strikes=np.array(strikes),
            volatility=np.array([smile(strike) for strike in strikes]),
            years=years,
            rate=RATE,
        )
        for is_call in (True, False)
    ]
    calls, puts = (
        legs(strikes, bid=0.999 * value, ask=1.001 * value, open_interest=10.0) for value in values
    )
    raw = OptionChain(
        product="NIFTY",
        expiry=expires_at.date(),
        spot_price=SPOT,
        timestamp=at,
        sequence=sequence,
        expires_at=expires_at,
        calls=calls,
        puts=puts,
    )
    return analysed(raw)


def analysed(raw: OptionChain) -> EnrichedChain:
    analysis = analyse(raw, PricingTerms(rate=RATE))
    return EnrichedChain(
        chain=raw,
        call_figures=analysis.call_figures,
        put_figures=analysis.put_figures,
        metrics=analysis.metrics,
        processed_at=raw.timestamp,
    )


async def surface(
    mesh: Mesh, *, most: int = 0, log_moneyness: tuple[float, ...] = ()
) -> pb.GetVolatilitySurfaceResponse:
    request = pb.GetVolatilitySurfaceRequest(
        product="NIFTY", max_expiries=most, log_moneyness=log_moneyness
    )
    return await mesh.analytics.GetVolatilitySurface(request)


async def test_a_smile_made_by_svi_is_found_again(mesh: Mesh) -> None:
    years = 20.0 / 365.0
    forward = SPOT * exp(RATE * years)

    def smile(strike: float) -> float:
        return sqrt(svi(log(strike / forward)) / years)

    await mesh.store.put_chains([quoted(20.0, smile)])
    answer = await surface(mesh)
    (one,) = answer.expiries
    assert one.expiry == "2026-02-09"
    assert one.method == pb.SLICE_METHOD_SVI
    assert one.forward == pytest.approx(forward)
    assert one.forward_basis == chain_pb2.FORWARD_BASIS_PARITY
    assert one.years_to_expiry == pytest.approx(years)
    assert list(one.strikes) == STRIKES.tolist()
    expected = [smile(strike) for strike in one.strikes]
    assert list(one.ivs) == pytest.approx(expected, rel=1e-6)
    assert list(one.fitted_ivs) == pytest.approx(expected, rel=1e-3)
    assert one.atm_iv == pytest.approx(smile(forward), rel=1e-3)
    assert 0.0 <= one.fit_error < 1e-4
    assert one.svi.b == pytest.approx(0.01, rel=0.05)
    assert one.svi.rho == pytest.approx(-0.3, abs=0.03)
    assert not one.butterfly_arbitrage
    assert not one.calendar_arbitrage
    assert one.least_density > 0.0
    assert to_datetime(one.timestamp) == NOW
    assert reasons(one) == {}
    assert (answer.product, answer.spot_price) == ("NIFTY", SPOT)
    assert to_datetime(answer.timestamp) == NOW
    assert to_datetime(answer.as_of) == NOON


async def test_slices_are_of_the_unexpired_expiries_nearest_first(mesh: Mesh) -> None:
    day_before, an_hour_before = NOW - timedelta(days=1), NOW - timedelta(hours=1)
    await mesh.store.put_chains(
        [
            quoted(50.0, flat(0.2)),
            quoted(20.0, flat(0.2), at=an_hour_before),
            # Expired half an hour ago, and yesterday.
            quoted(0.5 / 24.0, flat(0.2), at=an_hour_before),
            quoted(0.1, flat(0.2), at=day_before),
        ]
    )
    answer = await surface(mesh)
    assert [each.expiry for each in answer.expiries] == ["2026-02-09", "2026-03-11"]
    assert to_datetime(answer.expiries[0].timestamp) == an_hour_before
    assert to_datetime(answer.timestamp) == NOW
    nearest = await surface(mesh, most=1)
    assert [each.expiry for each in nearest.expiries] == ["2026-02-09"]


async def test_constant_maturity_is_interpolated_in_total_variance(mesh: Mesh) -> None:
    await mesh.store.put_chains([quoted(20.0, flat(0.1)), quoted(50.0, flat(0.2))])
    total = (2.0 / 3.0) * 0.1**2 * 20.0 + (1.0 / 3.0) * 0.2**2 * 50.0
    answer = await surface(mesh)
    assert answer.constant_maturity_iv == pytest.approx(sqrt(total / 30.0), rel=1e-3)
    assert reasons(answer) == {}
    nearest = await surface(mesh, most=1)
    assert not nearest.HasField("constant_maturity_iv")
    assert reasons(nearest) == {"constant_maturity_iv": missing_pb2.MISSING_REASON_OUTSIDE_RANGE}


async def test_a_farther_expiry_of_less_total_variance_is_calendar_arbitrage(mesh: Mesh) -> None:
    await mesh.store.put_chains([quoted(20.0, flat(0.4)), quoted(30.0, flat(0.2))])
    nearer, farther = (await surface(mesh)).expiries
    assert not nearer.calendar_arbitrage
    assert farther.calendar_arbitrage
    (where,) = farther.calendar_ranges
    assert where.low < -0.1 < 0.1 < where.high


async def test_a_smile_too_steep_is_butterfly_arbitrage(mesh: Mesh) -> None:
    # Interpolated: a kink at 100 makes options there dearer than the mean of their neighbours.
    await mesh.store.put_chains(
        [
            quoted(
                20.0,
                lambda strike: 0.5 if strike == 100.0 else 0.2,
                strikes=[96.0, 98.0, 100.0, 102.0],
            )
        ]
    )
    (one,) = (await surface(mesh)).expiries
    assert one.method == pb.SLICE_METHOD_INTERPOLATED
    assert one.butterfly_arbitrage
    assert one.least_density < 0.0
    assert len(one.butterfly_ranges) > 0


async def test_few_points_are_interpolated_through(mesh: Mesh) -> None:
    await mesh.store.put_chains([quoted(20.0, flat(0.2), strikes=[98.0, 100.0, 102.0])])
    (one,) = (await surface(mesh)).expiries
    assert one.method == pb.SLICE_METHOD_INTERPOLATED
    assert not one.HasField("svi")
    assert list(one.fitted_ivs) == pytest.approx(list(one.ivs))
    assert one.atm_iv == pytest.approx(0.2, rel=1e-3)


async def test_a_grid_has_a_row_for_each_fitted_expiry(mesh: Mesh) -> None:
    unpriced = analysed(
        replace(quoted(90.0, flat(0.2)).chain, calls=legs([100.0]), puts=legs([100.0]))
    )
    await mesh.store.put_chains([quoted(20.0, flat(0.2)), quoted(50.0, flat(0.3)), unpriced])
    moneyness = (-5.0, -0.05, 0.0, 0.05, 5.0)
    answer = await surface(mesh, log_moneyness=moneyness)
    assert len(answer.expiries) == 3
    assert [row.expiry for row in answer.grid] == ["2026-02-09", "2026-03-11"]
    for row, level, days in zip(answer.grid, (0.2, 0.3), (20.0, 50.0), strict=True):
        assert row.years_to_expiry == pytest.approx(days / 365.0)
        assert len(row.ivs) == len(moneyness)
        assert np.isfinite(row.ivs).all()
        assert list(row.ivs)[1:4] == pytest.approx([level] * 3, rel=1e-2)
    assert len((await surface(mesh)).grid) == 0


async def test_an_expiry_that_cannot_be_fitted_says_why(mesh: Mesh) -> None:
    good = quoted(20.0, flat(0.2))
    no_time = analysed(replace(quoted(50.0, flat(0.2)).chain, expires_at=None))
    no_prices = analysed(
        replace(
            quoted(90.0, flat(0.2)).chain,
            spot_price=None,
            calls=legs([100.0]),
            puts=legs([100.0]),
        )
    )
    await mesh.store.put_chains([good, no_time, no_prices])
    fitted, timeless, priceless = (await surface(mesh)).expiries
    assert reasons(fitted) == {}
    no_expiry_time = missing_pb2.MISSING_REASON_NO_EXPIRY_TIME
    assert timeless.method == pb.SLICE_METHOD_UNSPECIFIED
    assert reasons(timeless) == dict.fromkeys(
        ("forward", "years_to_expiry", "atm_iv", "fit_error", "least_density", "svi"),
        no_expiry_time,
    )
    assert reasons(priceless) == dict.fromkeys(
        ("forward", "atm_iv", "fit_error", "least_density", "svi"),
        missing_pb2.MISSING_REASON_NO_FORWARD,
    )
    assert not priceless.HasField("fit_error")


async def test_when_all_have_expired_there_are_no_slices(mesh: Mesh) -> None:
    chain = quoted(0.01, flat(0.2)).chain
    await mesh.store.put_chains([analysed(replace(chain, timestamp=NOW + timedelta(days=1)))])
    answer = await surface(mesh)
    assert len(answer.expiries) == 0
    assert not answer.HasField("timestamp")
    assert set(reasons(answer)) == {"spot_price", "constant_maturity_iv"}


async def test_the_fit_is_kept_for_some_seconds_whatever_the_grid(mesh: Mesh) -> None:
    await mesh.store.put_chains([quoted(20.0, flat(0.2))])
    first = await surface(mesh)
    newer = quoted(20.0, flat(0.3), at=NOW + timedelta(seconds=1), sequence=2)
    await mesh.store.put_chains([newer])
    mesh.clock.forward(KEPT_SECONDS - 0.1)
    assert await surface(mesh) == first
    gridded = await surface(mesh, log_moneyness=(0.0,))
    assert list(gridded.grid[0].ivs) == pytest.approx([0.2], rel=1e-3)
    # Another number of expiries is another question.
    assert (await surface(mesh, most=5)).expiries[0].atm_iv == pytest.approx(0.3, rel=1e-3)
    mesh.clock.forward(0.1)
    later = await surface(mesh)
    assert later.expiries[0].atm_iv == pytest.approx(0.3, rel=1e-3)
    assert to_datetime(later.as_of) == NOON + timedelta(seconds=KEPT_SECONDS)


async def test_who_asks_at_the_same_time_gets_one_answer(mesh: Mesh) -> None:
    await mesh.store.put_chains([quoted(20.0, flat(0.2))])
    # Each computation would read another time.
    mesh.clock.step = timedelta(milliseconds=1)
    answers = await asyncio.gather(*(surface(mesh) for _ in range(20)))
    assert {to_datetime(answer.as_of) for answer in answers} == {to_datetime(answers[0].as_of)}
