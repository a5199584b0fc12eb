"""Short ways to write daily bars down in tests."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.volatility_history.daily_bars import DailyBars

FIRST_DAY = date(2025, 1, 1)


def bars(prices: Sequence[Sequence[float]] | FloatArray) -> DailyBars:
    """Build bars of rows of open, high, low and close, on consecutive days."""
    table = np.array(prices, dtype=float).reshape(len(prices), 4)
    return DailyBars(
        dates=tuple(FIRST_DAY + timedelta(days=number) for number in range(len(table))),
        open=table[:, 0],
        high=table[:, 1],
        low=table[:, 2],
        close=table[:, 3],
    )


def closes(prices: Sequence[float]) -> DailyBars:
    """Build bars that open, stay and close at one price."""
    return bars([(price,) * 4 for price in prices])


def brownian_bars(*, sessions: int, volatility: float, seed: int) -> DailyBars:
    """Walk at random, by a third overnight and by the rest in 2,000 steps a session."""
    random = np.random.default_rng(seed)
    steps = 2000
    deviation = volatility / np.sqrt(252.0)
    overnight = random.normal(0.0, deviation * np.sqrt(1 / 3), size=sessions)
    within = random.normal(0.0, deviation * np.sqrt(2 / 3 / steps), size=(sessions, steps))
    paths = np.cumsum(np.column_stack([np.zeros(sessions), within]), axis=1)
    before = np.concatenate([[0.0], np.cumsum(overnight + paths[:, -1])[:-1]]) + overnight
    levels = 100.0 * np.exp(paths + before[:, None])
    return bars(
        np.column_stack([levels[:, 0], levels.max(axis=1), levels.min(axis=1), levels[:, -1]])
    )
