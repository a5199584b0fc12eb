"""When an invented market trades: always, or when the exchange of its product does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.calendar.interval import Interval
from deltastream.domain.instants import instant_of, moment_of
from deltastream.domain.synthetic.instants import MICROSECONDS_PER_SECOND, SECONDS_PER_DAY
from deltastream.domain.synthetic.schedule import InstantArray
from deltastream.domain.synthetic.trading_calendar import midnight_before

NEVER: Final = 2**62
"""An instant that does not come: later than all that a clock can show."""

_LONGEST_CLOSURE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingSession:
    """Trading from `start`, included, to `end`, excluded; microseconds since the epoch."""

    start: int
    end: int


class TradingHours(Protocol):
    """When a market trades.

    Attributes:
        day_seconds, week_seconds: how long the trading of an ordinary day and week lasts.
    """

    day_seconds: float
    week_seconds: float

    def session_from(self, instant: int) -> TradingSession | None:
        """Return the session under way or else the next one; None when none is known."""
        ...

    def close_before(self, instant: int) -> int | None:
        """Return when trading was over last, at `instant` at the latest; None when not known."""
        ...

    def trading_time(self, instants: InstantArray) -> InstantArray:
        """Return how many microseconds of trading lie before each instant, counted from anywhere.

        Only differences mean something.
        """
        ...


class AlwaysOpen:
    """A market that opens with its source and never closes: each day ends where the next begins."""

    day_seconds = float(SECONDS_PER_DAY)
    week_seconds = 7.0 * SECONDS_PER_DAY

    def __init__(self, *, since: int) -> None:
        """Open at an instant."""
        self._session = TradingSession(start=since, end=NEVER)

    def session_from(self, instant: int) -> TradingSession:  # noqa: ARG002 - there is only one
        """Return the one session."""
        return self._session

    def close_before(self, instant: int) -> int:
        """Return the instant itself: a day is over when its successor begins."""
        return instant

    def trading_time(self, instants: InstantArray) -> InstantArray:
        """Return the instants: all time is trading time."""
        return instants


class ExchangeHours:
    """A market that keeps the sessions of an exchange, as far as its calendar knows them."""

    def __init__(self, *, calendar: ExchangeCalendar, since: int) -> None:
        """Look the sessions up.

        Args:
            calendar: of the exchange.
            since: the first instant that will be asked for.
        """
        sessions = _sessions(calendar, moment_of(since))
        self._starts = np.array([instant_of(one.start) for one in sessions], dtype=np.int64)
        self._ends = np.array([instant_of(one.end) for one in sessions], dtype=np.int64)
        self._traded_before = np.concatenate(([0], np.cumsum(self._ends - self._starts)))
        self._closed = np.concatenate(([0], self._ends))
        self.day_seconds = _ordinary_seconds(calendar, moment_of(since))
        self.week_seconds = 5.0 * self.day_seconds

    def session_from(self, instant: int) -> TradingSession | None:
        """Return the session under way or else the next one; None when none is known."""
        position = int(np.searchsorted(self._ends, instant, side="right"))
        if position == len(self._ends):
            return None
        return TradingSession(start=int(self._starts[position]), end=int(self._ends[position]))

    def close_before(self, instant: int) -> int | None:
        """Return when trading was over last, at `instant` at the latest; None when not known."""
        position = int(np.searchsorted(self._ends, instant, side="right"))
        return int(self._ends[position - 1]) if position else None

    def trading_time(self, instants: InstantArray) -> InstantArray:
        """Return how many microseconds of trading lie before each instant, since the first."""
        begun = np.searchsorted(self._starts, instants, side="right")
        # In the session that began last, and in no more of it than there is.
        unspent = np.maximum(self._closed[begun] - instants, 0)
        return np.asarray(self._traded_before[begun] - unspent)


def day_before(instant: int, *, hours: TradingHours, time_zone: str) -> int:
    """Return when trading was over on a day before that of an instant, in the exchange's zone.

    It is the midnight between the days where no earlier close is known.
    """
    midnight = midnight_before(instant, time_zone=time_zone)
    close = hours.close_before(midnight)
    return midnight if close is None else close


def _sessions(calendar: ExchangeCalendar, since: datetime) -> Sequence[Interval]:
    """Return the known sessions from about the last close before an instant on."""
    end = datetime.combine(
        calendar.valid_through + timedelta(days=1), time(), calendar.zone
    ).astimezone(since.tzinfo)
    return calendar.sessions_between(min(since, end) - _LONGEST_CLOSURE, end)


def _ordinary_seconds(calendar: ExchangeCalendar, moment: datetime) -> float:
    day = moment.astimezone(calendar.zone).date()
    spans = (span.on(day, calendar.zone) for span in calendar.regular_hours(day).open)
    return sum((span.end - span.start).total_seconds() for span in spans)


def seconds_traded(
    hours: TradingHours, previous: int, instants: InstantArray
) -> NDArray[np.float64]:
    """Return how many seconds of trading lie before each instant, since the one before.

    Args:
        hours: of the market.
        previous: an instant not after the first.
        instants: at least one, ascending.
    """
    traded = hours.trading_time(np.concatenate(([previous], instants)))
    return np.diff(traded) / MICROSECONDS_PER_SECOND


def trading_time_at(hours: TradingHours, instant: int) -> int:
    """Return how many microseconds of trading lie before an instant, counted from anywhere."""
    return int(hours.trading_time(np.array([instant]))[0])
