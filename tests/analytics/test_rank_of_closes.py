"""IV rank of sessions whose chains are no longer kept, but for the last of each half day."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.analytics.stored import measured
from tests.store.market_events import EPOCH

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Window
from deltastream.storage.retention import Retention
from deltastream.storage.settings import StorageSettings

# 15:30 in India.
LAST_CLOSE = datetime(2026, 1, 20, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SESSIONS = 60
# As many as the synthetic market is told to trade for a rank, one a week.
FIRST_EXPIRY = date(2025, 11, 25)
EXPIRIES = [FIRST_EXPIRY + timedelta(weeks=week) for week in range(15)]
AHEAD = 6


def volatility_of(session: int) -> float:
    """Return the volatility at the end of a session; the last is in the middle of all."""
    return 0.2 if session == SESSIONS - 1 else 0.1 + session / 200.0


def chains_of(session: int) -> Iterator[EnrichedChain]:
    """Yield two chains of each expiry, the last one at the close; they came as they were made."""
    close = LAST_CLOSE - (SESSIONS - 1 - session) * DAY
    ahead = [expiry for expiry in EXPIRIES if expiry > close.date()][:AHEAD]
    for ago, volatility in [(timedelta(minutes=9), 0.9), (timedelta(0), volatility_of(session))]:
        for number, expiry in enumerate(ahead):
            built = measured(
                close - ago,
                expiry,
                years_to_expiry=(expiry - close.date()).days / 365.0,
                atm_iv=volatility,
            )
            sequence = (close - ago - EPOCH) // timedelta(microseconds=1) + number
            yield replace(built, chain=replace(built.chain, sequence=sequence))


async def pruned(mesh: Mesh, *, now: datetime) -> None:
    """Keep of all sessions what is kept by default."""
    for session in range(SESSIONS):
        await mesh.store.put_chains(list(chains_of(session)))
    settings = StorageSettings.load()
    retention = Retention(
        mesh.store,
        ages=settings.ages,
        closes=settings.retain_closes,
        clock=lambda: now,
        sleep=lambda _: asyncio.sleep(0),
        random=lambda: 0.5,
        seconds=lambda: 0.0,
    )
    await retention.prune()


async def test_by_default_there_is_a_rank_of_two_months_although_chains_are_kept_a_week(
    mesh: Mesh,
) -> None:
    await pruned(mesh, now=LAST_CLOSE + timedelta(hours=1))
    kept = await mesh.store.chains(
        "NIFTY", None, Window(limit=1000, end=LAST_CLOSE - 7 * DAY), with_legs=False
    )
    assert len(kept) == (SESSIONS - 8) * AHEAD, "one a session and expiry"
    assert FIRST_EXPIRY not in await mesh.store.expiries("NIFTY")
    request = pb.GetImpliedVolatilityRankRequest(product="NIFTY")
    answer = await mesh.analytics.GetImpliedVolatilityRank(request)
    volatilities = [volatility_of(session) for session in range(SESSIONS)]
    assert [each.iv for each in answer.series] == pytest.approx(volatilities)
    assert answer.rank == pytest.approx(100.0 * (0.2 - 0.1) / (max(volatilities) - 0.1))
    assert reasons(answer) == {}


async def test_a_market_that_has_stood_still_for_a_month_has_the_rank_of_its_last_session(
    mesh: Mesh,
) -> None:
    await pruned(mesh, now=LAST_CLOSE + 30 * DAY)
    request = pb.GetImpliedVolatilityRankRequest(product="NIFTY")
    answer = await mesh.analytics.GetImpliedVolatilityRank(request)
    assert answer.sessions == SESSIONS
    assert answer.iv == pytest.approx(volatility_of(SESSIONS - 1))
