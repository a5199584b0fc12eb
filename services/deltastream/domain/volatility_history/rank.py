"""Where today's volatility stands among those of the past sessions."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason

RANK_SESSIONS: Final = 252
"""The most sessions that today is compared with, itself included: one year."""

LEAST_RANKED: Final = 20
"""Among fewer sessions a rank says nothing: about one month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilityRank:
    """Where the newest of some volatilities stands.

    Attributes:
        rank: its place between lowest and highest, 0 to 100.
        percentile: the percentage of the sessions before it whose volatility was below it.
        lowest, highest: of all sessions, the newest included.
        missing: why a figure is None, by name.
    """

    rank: float | None = None
    percentile: float | None = None
    lowest: float | None = None
    highest: float | None = None
    missing: dict[str, MissingReason] = field(default_factory=dict)


def volatility_rank(volatilities: FloatArray) -> VolatilityRank:
    """Rank the newest volatility among all of them.

    Args:
        volatilities: one a session, oldest first, shape (sessions,).

    Returns:
        Without sessions, nothing; with fewer than LEAST_RANKED, lowest and highest alone. When all
        are equal, no rank: there is no range to stand in.
    """
    if not len(volatilities):
        missing = ("rank", "percentile", "lowest", "highest")
        return VolatilityRank(missing=dict.fromkeys(missing, MissingReason.INSUFFICIENT_HISTORY))
    lowest, highest = float(volatilities.min()), float(volatilities.max())
    if len(volatilities) < LEAST_RANKED:
        unranked = dict.fromkeys(("rank", "percentile"), MissingReason.INSUFFICIENT_HISTORY)
        return VolatilityRank(lowest=lowest, highest=highest, missing=unranked)
    newest, before = float(volatilities[-1]), volatilities[:-1]
    percentile = 100.0 * float(np.mean(before < newest))
    if lowest == highest:
        flat = {"rank": MissingReason.INSUFFICIENT_HISTORY}
        return VolatilityRank(percentile=percentile, lowest=lowest, highest=highest, missing=flat)
    rank = 100.0 * ((newest - lowest) / (highest - lowest))
    return VolatilityRank(rank=rank, percentile=percentile, lowest=lowest, highest=highest)
