"""When a recurring event is due in a market that closes."""

import numpy as np

from deltastream.domain.synthetic.schedule import NO_INSTANTS, InstantArray, Schedule
from deltastream.domain.synthetic.trading_hours import NEVER, TradingHours, TradingSession


class SessionSchedule:
    """Due instants at one distance within each session, counted anew from its start.

    It takes the place of a Schedule, which knows no sessions.
    """

    def __init__(self, *, hours: TradingHours, start: int, offset: int, interval: float) -> None:
        """Begin a schedule.

        Args:
            hours: of the market.
            start: nothing is due before it; microseconds since the epoch, as all instants are.
            offset: microseconds from the start of a session to its first due instant.
            interval: seconds from one to the next, at least a microsecond.
        """
        self._hours = hours
        self._start = start
        self._offset = offset
        self._interval = interval
        self._begin(hours.session_from(start))

    @property
    def next_due(self) -> int:
        """The first instant not taken yet, or NEVER."""
        return NEVER if self._session is None else self._schedule.next_due

    def take(self, until: int) -> InstantArray:
        """Take the instants not taken yet that are not after `until`, ascending."""
        taken = []
        while self._session is not None and self._schedule.next_due <= until:
            taken.append(self._schedule.take(min(until, self._session.end - 1)))
            self._go_on()
        return np.concatenate(taken) if taken else NO_INSTANTS

    def pass_over(self, before: int, *, until: int) -> int:
        """Give up instants before `before`, but not the last one that is not after `until`.

        Returns:
            How many were given up.
        """
        if self.next_due >= before:
            return 0
        given_up = 0
        while (session := self._session) is not None:
            following = self._hours.session_from(session.end)
            if following is None or self._first_due(following) > until:
                newest = min(until, session.end - 1)
                return given_up + self._schedule.pass_over(before, until=newest)
            given_up += self._schedule.skip(min(before, session.end))
            if self._schedule.next_due < session.end:
                break
            self._begin(following)
        return given_up

    def _go_on(self) -> None:
        """Turn to the next session when nothing more is due in this one."""
        session = self._session
        if session is not None and self._schedule.next_due >= session.end:
            self._begin(self._hours.session_from(session.end))

    def _begin(self, session: TradingSession | None) -> None:
        self._session = session
        start = NEVER if session is None else self._first_due(session)
        self._schedule = Schedule(start=start, interval=self._interval)

    def _first_due(self, session: TradingSession) -> int:
        start = max(session.start, self._start)
        # However long the interval is, it comes once in every session.
        return start + min(self._offset, (session.end - start) // 2)
