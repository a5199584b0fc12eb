"""When things are due: every instant once, in pace for ever."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.domain.instants import instant_of, moment_of
from deltastream.domain.synthetic.schedule import Schedule
from deltastream.domain.synthetic.trading_calendar import (
    expiry_after,
    midnight_after,
    midnight_before,
)

INTERVALS = st.integers(1_000, 10**13).map(lambda nanoseconds: nanoseconds / 1e9)
STARTS = st.integers(0, 4 * 10**15)


@given(start=STARTS, interval=INTERVALS, gaps=st.lists(st.integers(-5, 10**4), max_size=20))
def test_every_instant_is_taken_once_and_none_early(
    start: int, interval: float, gaps: list[int]
) -> None:
    schedule = Schedule(start=start, interval=interval)
    nanoseconds = round(interval * 1e9)
    until, taken = start, list[int]()
    for gap in gaps:
        until += gap * nanoseconds // 1000 // 100
        batch = schedule.take(until).tolist()
        assert all(instant <= until for instant in batch)
        taken += batch

    latest = max([start - 1, *_running(start, gaps, nanoseconds)])
    expected = [
        start + int(Fraction(number * nanoseconds, 1000)) for number in range(len(taken) + 1)
    ]
    assert taken == expected[:-1]
    assert schedule.next_due == expected[-1] > latest


def _running(start: int, gaps: list[int], nanoseconds: int) -> list[int]:
    reached = []
    for gap in gaps:
        start += gap * nanoseconds // 1000 // 100
        reached.append(start)
    return reached


def test_an_interval_that_divides_no_second_keeps_its_pace_for_a_year() -> None:
    schedule = Schedule(start=0, interval=1 / 3)
    a_year = 365 * 86_400 * 1_000_000

    schedule.pass_over(a_year, until=a_year)

    assert schedule.next_due == pytest.approx(a_year, abs=400_000)


@given(interval=st.integers(1, 100), before=st.integers(-50, 5000), until=st.integers(-50, 5000))
def test_arrears_are_given_up_but_for_the_newest(interval: int, before: int, until: int) -> None:
    schedule = Schedule(start=0, interval=interval / 1e6)
    due = list(range(0, until + 1, interval))

    given_up = schedule.pass_over(before, until=until)
    taken = schedule.take(until).tolist()

    assert taken == ([instant for instant in due if instant >= before] or due[-1:])
    assert given_up == len(due) - len(taken)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_instants_are_moments_to_the_microsecond(moment: datetime) -> None:
    assert moment_of(instant_of(moment)) == moment


CALENDARS = shipped_calendars()
FRIDAY = 4


@pytest.mark.parametrize(
    ("now", "day", "expires_at"),
    [
        ("2026-01-19T12:00-05:00", date(2026, 1, 23), "2026-01-23T16:00-05:00"),
        ("2026-01-23T15:59:59-05:00", date(2026, 1, 23), "2026-01-23T16:00-05:00"),
        ("2026-01-23T16:00-05:00", date(2026, 1, 30), "2026-01-30T16:00-05:00"),
        ("2026-01-24T02:00Z", date(2026, 1, 30), "2026-01-30T16:00-05:00"),
        ("2026-03-08T12:00-04:00", date(2026, 3, 13), "2026-03-13T16:00-04:00"),
    ],
    ids=["on Monday", "a second before", "at the instant", "still Friday there", "summer time"],
)
def test_the_next_expiry_is_the_first_one_later_than_now(
    now: str, day: date, expires_at: str
) -> None:
    expiry = expiry_after(
        instant_of(datetime.fromisoformat(now)), weekday=FRIDAY, calendar=CALENDARS["XNAS"]
    )

    assert expiry.day == day
    assert moment_of(expiry.instant) == datetime.fromisoformat(expires_at)


def test_days_begin_at_midnight_of_the_exchange() -> None:
    # The night in which summer time begins: the day has 23 hours.
    noon = instant_of(datetime.fromisoformat("2026-03-08T12:00-04:00"))

    begins = midnight_before(noon, time_zone="America/New_York")
    ends = midnight_after(noon, time_zone="America/New_York")

    assert moment_of(begins) == datetime.fromisoformat("2026-03-08T00:00-05:00")
    assert moment_of(ends) == datetime.fromisoformat("2026-03-09T00:00-04:00")
