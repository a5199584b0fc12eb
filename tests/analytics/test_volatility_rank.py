"""GetImpliedVolatilityRank: a year of constant-maturity volatility, and where today stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import sqrt

import pytest
from tests.analytics.analytics_mesh import KEPT_SECONDS, NIFTY, Mesh, reasons
from tests.analytics.hand_clock import NOON
from tests.analytics.stored import measured

from deltastream.analytics.compose import PAST_LASTS
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import EnrichedChain
from deltastream.market.v1 import missing_pb2
from deltastream.runtime.codec.moments import to_datetime

# 15:30 in India.
LAST_CLOSE = datetime(2026, 1, 20, 10, tzinfo=UTC)
TOO_SHORT = missing_pb2.MISSING_REASON_INSUFFICIENT_HISTORY


def at(close: datetime, days_ahead: float, volatility: float) -> EnrichedChain:
    """Return a chain that expires so many days after it."""
    return measured(
        close,
        (close + timedelta(days=days_ahead)).date(),
        years_to_expiry=days_ahead / 365.0,
        atm_iv=volatility,
    )


def sessions_of(volatilities: list[float]) -> list[EnrichedChain]:
    """Return one chain a day, of 30 days, the last at LAST_CLOSE."""
    first = LAST_CLOSE - timedelta(days=len(volatilities) - 1)
    return [
        at(first + timedelta(days=number), 30.0, volatility)
        for number, volatility in enumerate(volatilities)
    ]


async def rank(mesh: Mesh) -> pb.GetImpliedVolatilityRankResponse:
    request = pb.GetImpliedVolatilityRankRequest(product="NIFTY")
    return await mesh.analytics.GetImpliedVolatilityRank(request)


async def test_today_is_ranked_among_the_sessions(mesh: Mesh) -> None:
    # 0.10, 0.11 ... 0.29, then 0.24.
    history = [(10 + step) / 100.0 for step in range(20)]
    await mesh.store.put_chains(sessions_of([*history, 0.24]))
    answer = await rank(mesh)
    assert answer.iv == pytest.approx(0.24)
    assert answer.rank == pytest.approx(100.0 * 14.0 / 19.0)
    assert answer.percentile == pytest.approx(70.0)
    assert (answer.lowest, answer.highest) == pytest.approx((0.10, 0.29))
    assert answer.sessions == 21
    assert [each.iv for each in answer.series] == pytest.approx([*history, 0.24])
    assert answer.series[-1].date == "2026-01-20"
    assert answer.series[0].date == "2025-12-31"
    assert to_datetime(answer.timestamp) == LAST_CLOSE
    assert to_datetime(answer.as_of) == NOON
    assert reasons(answer) == {}


async def test_expiries_are_interpolated_in_total_variance_to_30_days(mesh: Mesh) -> None:
    await mesh.store.put_chains([at(LAST_CLOSE, 20.0, 0.1), at(LAST_CLOSE, 50.0, 0.2)])
    total = (2.0 / 3.0) * 0.1**2 * 20.0 + (1.0 / 3.0) * 0.2**2 * 50.0
    assert (await rank(mesh)).iv == pytest.approx(sqrt(total / 30.0))


async def test_a_session_is_seen_at_its_end(mesh: Mesh) -> None:
    expiry = date(2026, 2, 19)
    await mesh.store.put_chains(
        [
            measured(LAST_CLOSE - ago, expiry, years_to_expiry=30 / 365, atm_iv=volatility)
            for ago, volatility in [
                (timedelta(hours=6), 0.5),
                (timedelta(minutes=1), 0.4),
                (timedelta(0), 0.2),
            ]
        ]
    )
    answer = await rank(mesh)
    assert [(each.date, each.iv) for each in answer.series] == [
        ("2026-01-20", pytest.approx(0.2))  # type: ignore[comparison-overlap]
    ]


@pytest.mark.parametrize(
    ("time_zone", "day"), [("Asia/Kolkata", "2026-01-21"), ("Nowhere/Atlantis", "2026-01-20")]
)
async def test_the_day_is_the_exchanges_else_utcs(mesh: Mesh, time_zone: str, day: str) -> None:
    await mesh.store.put_products([replace(NIFTY, time_zone=time_zone)])
    await mesh.store.put_chains([at(datetime(2026, 1, 20, 19, tzinfo=UTC), 30.0, 0.2)])
    assert [each.date for each in (await rank(mesh)).series] == [day]


async def test_an_expiry_on_its_last_day_has_no_time_to_interpolate_over(mesh: Mesh) -> None:
    over = measured(LAST_CLOSE, date(2026, 1, 20), years_to_expiry=0.0, atm_iv=0.5)
    await mesh.store.put_chains([over, at(LAST_CLOSE, 50.0, 0.2)])
    answer = await rank(mesh)
    assert reasons(answer)["iv"] == missing_pb2.MISSING_REASON_OUTSIDE_RANGE


async def test_few_sessions_have_a_range_and_no_rank(mesh: Mesh) -> None:
    await mesh.store.put_chains(sessions_of([0.1] * 18 + [0.2]))
    answer = await rank(mesh)
    assert answer.sessions == 19
    assert (answer.iv, answer.lowest, answer.highest) == pytest.approx((0.2, 0.1, 0.2))
    assert reasons(answer) == {"rank": TOO_SHORT, "percentile": TOO_SHORT}


async def test_where_all_are_equal_there_is_no_rank(mesh: Mesh) -> None:
    flat = [
        measured(each.chain.timestamp, date(2026, 3, 31), years_to_expiry=30 / 365, atm_iv=0.2)
        for each in sessions_of([0.2] * 25)
    ]
    await mesh.store.put_chains(flat)
    answer = await rank(mesh)
    assert answer.percentile == 0.0
    assert reasons(answer) == {"rank": TOO_SHORT}


async def test_only_a_years_sessions_count(mesh: Mesh) -> None:
    await mesh.store.put_chains(sessions_of([0.9, *[0.1] * 250, 0.2, 0.15]))
    answer = await rank(mesh)
    assert answer.sessions == 252
    assert answer.highest == pytest.approx(0.2)
    assert answer.rank == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("chain", "reason"),
    [
        (at(LAST_CLOSE, 20.0, 0.1), missing_pb2.MISSING_REASON_OUTSIDE_RANGE),
        (
            measured(LAST_CLOSE, date(2026, 2, 19)),
            missing_pb2.MISSING_REASON_NO_IMPLIED_VOLATILITY,
        ),
    ],
    ids=["no expiries about 30 days", "no volatility at all"],
)
async def test_no_sessions_explain_every_figure(
    mesh: Mesh, chain: EnrichedChain, reason: int
) -> None:
    await mesh.store.put_chains([chain])
    answer = await rank(mesh)
    assert answer.sessions == 0
    assert not answer.HasField("timestamp")
    assert reasons(answer) == {
        "iv": reason,
        **dict.fromkeys(("rank", "percentile", "lowest", "highest"), TOO_SHORT),
    }


async def test_the_answer_is_kept_for_some_seconds(mesh: Mesh) -> None:
    await mesh.store.put_chains(sessions_of([0.1, 0.2]))
    first = await rank(mesh)
    tomorrow = LAST_CLOSE + timedelta(days=1)
    await mesh.store.put_chains([at(tomorrow, 30.0, 0.3)])
    mesh.clock.forward(KEPT_SECONDS - 0.1)
    assert await rank(mesh) == first
    mesh.clock.forward(0.1)
    later = await rank(mesh)
    assert later.iv == pytest.approx(0.3)
    assert to_datetime(later.as_of) == NOON + timedelta(seconds=KEPT_SECONDS)


async def test_a_session_that_is_over_is_read_anew_after_some_minutes(mesh: Mesh) -> None:
    expiry = date(2026, 2, 19)
    yesterday = LAST_CLOSE - timedelta(days=1)
    await mesh.store.put_chains(
        [
            measured(close, expiry, years_to_expiry=30 / 365, atm_iv=0.2)
            for close in (yesterday - timedelta(hours=1), LAST_CLOSE - timedelta(hours=1))
        ]
    )
    await rank(mesh)
    await mesh.store.put_chains(
        [
            measured(close, expiry, years_to_expiry=30 / 365, atm_iv=0.3)
            for close in (yesterday, LAST_CLOSE)
        ]
    )
    mesh.clock.forward(KEPT_SECONDS)
    assert [each.iv for each in (await rank(mesh)).series] == pytest.approx([0.2, 0.3])
    mesh.clock.forward(PAST_LASTS * KEPT_SECONDS)
    assert [each.iv for each in (await rank(mesh)).series] == pytest.approx([0.3, 0.3])


async def test_yesterday_is_past_as_soon_as_there_is_a_chain_of_today(mesh: Mesh) -> None:
    """Whatever was kept of the sessions before yesterday."""
    await mesh.store.put_chains(sessions_of([0.1, 0.2]))
    await rank(mesh)
    await mesh.store.put_chains([at(LAST_CLOSE + timedelta(days=1), 30.0, 0.3)])
    mesh.clock.forward(KEPT_SECONDS)
    assert [each.iv for each in (await rank(mesh)).series] == pytest.approx([0.1, 0.2, 0.3])


async def test_a_session_over_midnight_utc_is_one_session_and_not_past(mesh: Mesh) -> None:
    await mesh.store.put_products([replace(NIFTY, time_zone="America/New_York")])
    midnight = datetime(2026, 1, 21, tzinfo=UTC)
    for hours, volatility in [(-25, 0.1), (-23, 0.15)]:
        await mesh.store.put_chains([at(midnight + timedelta(hours=hours), 30.0, volatility)])
    for hours, volatility in [(-1, 0.2), (1, 0.3), (2, 0.4)]:
        await mesh.store.put_chains([at(midnight + timedelta(hours=hours), 30.0, volatility)])
        mesh.clock.forward(KEPT_SECONDS)
        assert {each.date: each.iv for each in (await rank(mesh)).series} == pytest.approx(
            {"2026-01-19": 0.15, "2026-01-20": volatility}
        )
        assert (await rank(mesh)).sessions == 2
