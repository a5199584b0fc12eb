"""The servicer and everything that it is made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from deltastream.analytics.kept_answers import KeptAnswers
from deltastream.analytics.queries.surface import Surfaces
from deltastream.analytics.queries.volatility_cone import VolatilityCones
from deltastream.analytics.queries.volatility_rank import VolatilityRanks
from deltastream.analytics.service import AnalyticsServicer
from deltastream.analytics.workers import Workers
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.ports.clock import Clock
from deltastream.ports.history import MarketHistory

MOST_KEPT: Final = 256
"""How many answers of a kind are kept: several for each product of a large exchange."""

PAST_LASTS: Final = 60.0
"""How many times as long as other answers the sessions are kept that are over."""


@contextmanager
def open_servicer(
    history: MarketHistory, *, calendars: Calendars, clock: Clock, ttl: float
) -> Iterator[AnalyticsServicer]:
    """Open the threads, and put the servicer together.

    Args:
        history: what is stored.
        calendars: of the exchanges.
        clock: of the times that answers state.
        ttl: seconds that expensive answers are kept.
    """
    kept_answers = partial(KeptAnswers, seconds=ttl, capacity=MOST_KEPT, clock=clock)
    with Workers() as workers:
        yield AnalyticsServicer(
            history=history,
            surfaces=Surfaces(history=history, kept=kept_answers(), workers=workers),
            ranks=VolatilityRanks(
                history=history,
                kept=kept_answers(),
                past=kept_answers(seconds=PAST_LASTS * ttl),
            ),
            cones=VolatilityCones(history=history, kept=kept_answers()),
            workers=workers,
            calendars=calendars,
        )
