"""GetVolatilityCone: realised volatility by horizon, from stored candles."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import median, stdev

import numpy as np
import pytest
from tests.analytics.analytics_mesh import KEPT_SECONDS, Mesh, reasons, stated
from tests.analytics.hand_clock import NOON
from tests.analytics.stored import candle, session_candles

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.market.v1 import missing_pb2
from deltastream.runtime.codec.moments import to_datetime

# 09:15 in India.
FIRST_OPEN = datetime(2025, 6, 2, 3, 45, tzinfo=UTC)
FIGURES = ("lowest", "lower_quartile", "median", "upper_quartile", "highest", "latest")
CLOSE_TO_CLOSE = pb.VOLATILITY_ESTIMATOR_CLOSE_TO_CLOSE
PARKINSON = pb.VOLATILITY_ESTIMATOR_PARKINSON


async def cone(
    mesh: Mesh,
    estimator: pb.VolatilityEstimator.ValueType = pb.VOLATILITY_ESTIMATOR_UNSPECIFIED,
) -> pb.GetVolatilityConeResponse:
    request = pb.GetVolatilityConeRequest(product="NIFTY", estimator=estimator)
    return await mesh.analytics.GetVolatilityCone(request)


async def store_closes(mesh: Mesh, closes: list[float]) -> None:
    """Store one candle a day, the first on the day of FIRST_OPEN."""
    await mesh.store.put_candles(
        [
            candle(FIRST_OPEN + timedelta(days=number), (close,) * 4)
            for number, close in enumerate(closes)
        ]
    )


async def test_horizons_state_how_realised_volatility_was_distributed(mesh: Mesh) -> None:
    # More candles than storage lists at a time.
    random = np.random.default_rng(5)
    prices = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.002, size=(110, 14)).ravel()))
    sessions = prices.reshape(110, 14).tolist()
    candles = [
        each
        for number, session in enumerate(sessions)
        for each in session_candles(FIRST_OPEN + timedelta(days=number), session)
    ]
    assert len(candles) > 1000
    await mesh.store.put_candles(candles)
    answer = await cone(mesh, CLOSE_TO_CLOSE)
    assert [each.sessions for each in answer.horizons] == [5, 10, 21, 42, 63, 126, 252]
    assert [each.samples for each in answer.horizons] == [105, 100, 89, 68, 47, 0, 0]
    assert answer.sessions == 110
    closes = [session[-1] for session in sessions]
    returns = [log(today / before) for before, today in pairwise(closes)]
    weeks = [sqrt(252.0) * stdev(returns[i : i + 5]) for i in range(len(returns) - 4)]
    week = answer.horizons[0]
    assert week.lowest == pytest.approx(min(weeks))
    assert week.highest == pytest.approx(max(weeks))
    assert week.median == pytest.approx(median(weeks))
    assert week.latest == pytest.approx(weeks[-1])
    assert week.lower_quartile == pytest.approx(sorted(weeks)[26])
    assert week.upper_quartile == pytest.approx(sorted(weeks)[78])
    assert reasons(week) == {}
    assert to_datetime(answer.timestamp) == candles[-1].start
    assert to_datetime(answer.as_of) == NOON


async def test_a_horizon_without_samples_explains_itself(mesh: Mesh) -> None:
    await store_closes(mesh, [100.0, 101.0, 99.0, 102.0, 100.0, 103.0, 101.0])
    answer = await cone(mesh)
    assert [each.samples for each in answer.horizons] == [2, 0, 0, 0, 0, 0, 0]
    for horizon in answer.horizons[1:]:
        assert stated(horizon, FIGURES) == {}
        assert reasons(horizon) == dict.fromkeys(
            FIGURES, missing_pb2.MISSING_REASON_INSUFFICIENT_HISTORY
        )


async def test_without_candles_there_is_a_cone_without_samples(mesh: Mesh) -> None:
    answer = await cone(mesh)
    assert answer.sessions == 0
    assert [each.samples for each in answer.horizons] == [0] * 7
    assert not answer.HasField("timestamp")


async def test_the_estimator_is_the_callers_choice_else_yang_and_zhangs(mesh: Mesh) -> None:
    # Days that differ from one another overnight alone: Parkinson sees nothing.
    await store_closes(mesh, [100.0, 101.0, 99.0, 102.0, 100.0, 103.0, 101.0])
    by_default = await cone(mesh)
    assert by_default.estimator == pb.VOLATILITY_ESTIMATOR_YANG_ZHANG
    assert by_default.horizons[0].latest > 0.1
    parkinson = await cone(mesh, PARKINSON)
    assert parkinson.estimator == PARKINSON
    assert (parkinson.horizons[0].samples, parkinson.horizons[0].latest) == (3, 0.0)


async def test_each_estimators_answer_is_kept_for_some_seconds(mesh: Mesh) -> None:
    closes = [100.0, 101.0, 99.0, 102.0, 100.0, 103.0]
    await store_closes(mesh, closes)
    first = await cone(mesh, CLOSE_TO_CLOSE)
    await store_closes(mesh, [*closes, 120.0])
    mesh.clock.forward(KEPT_SECONDS - 0.1)
    assert await cone(mesh, CLOSE_TO_CLOSE) == first
    assert (await cone(mesh, PARKINSON)).sessions == 7
    mesh.clock.forward(0.1)
    assert (await cone(mesh, CLOSE_TO_CLOSE)).sessions == 7
