"""One implied volatility a session: at the money, of constant maturity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

import numpy as np

from deltastream.domain.volatility_history.constant_maturity import constant_maturity_volatility


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmVolatility:
    """The volatility at the money of one expiry at one time.

    Attributes:
        timestamp: the exchange's time, UTC.
        years: time to the expiry, above 0.
        volatility: annual, a fraction.
    """

    timestamp: datetime
    expiry: date
    years: float
    volatility: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyVolatility:
    """The volatility at the end of one session.

    Attributes:
        day: in the exchange's zone.
        volatility: annual, a fraction.
        timestamp: of the newest observation it is made of, UTC.
    """

    day: date
    volatility: float
    timestamp: datetime


def daily_volatilities(
    observations: Iterable[AtmVolatility], *, zone: tzinfo
) -> list[DailyVolatility]:
    """Interpolate the volatility of constant maturity at the end of every session.

    A session is a day of the exchange's calendar. Of several observations of one expiry in it the
    newest speaks; a session whose expiries do not lie about the maturity has no volatility.

    Args:
        observations: in any order.
        zone: of the exchange.

    Returns:
        Oldest first.
    """
    by_time = sorted(observations, key=lambda each: each.timestamp)
    sessions = groupby(by_time, key=lambda each: each.timestamp.astimezone(zone).date())
    ends = (_end_of(day, list(session)) for day, session in sessions)
    return [end for end in ends if end is not None]


def _end_of(day: date, observations: Sequence[AtmVolatility]) -> DailyVolatility | None:
    newest = {each.expiry: each for each in observations}
    curve = sorted(newest.values(), key=lambda each: each.years)
    volatility = constant_maturity_volatility(
        years=np.array([each.years for each in curve]),
        volatilities=np.array([each.volatility for each in curve]),
    )
    if volatility is None:
        return None
    return DailyVolatility(day=day, volatility=volatility, timestamp=observations[-1].timestamp)
