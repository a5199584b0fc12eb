"""What an exchange calendar answers."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calendar.small_calendars import hours, india, mumbai, new_york, span

from deltastream.domain.calendar.day_hours import DayHours
from deltastream.domain.calendar.exchange_calendar import ExchangeCalendar
from deltastream.domain.session import MarketSession

CALENDAR = mumbai()
MOMENTS = st.datetimes(datetime(2026, 7, 18), datetime(2026, 9, 3), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2026-07-31T08:59:59.999999", "CLOSED"),
        ("2026-07-31T09:00", "PRE_OPEN"),
        ("2026-07-31T09:14:59.999999", "PRE_OPEN"),
        ("2026-07-31T09:15", "OPEN"),
        ("2026-07-31T15:29:59.999999", "OPEN"),
        ("2026-07-31T15:30", "CLOSED"),
        ("2026-08-03T15:30", "OPEN"),
        ("2026-08-03T15:39:59.999999", "OPEN"),
        ("2026-08-03T15:40", "CLOSED"),
        ("2026-08-06T12:00", "CLOSED"),
        ("2026-08-08T09:50", "PRE_OPEN"),
        ("2026-08-08T10:30", "OPEN"),
        ("2026-08-08T11:30", "CLOSED"),
        ("2026-08-08T12:30", "OPEN"),
        ("2026-08-09T12:00", "CLOSED"),
        ("2026-08-12T12:59", "OPEN"),
        ("2026-08-12T13:00", "CLOSED"),
        ("2026-08-19T12:00", "UNKNOWN"),
        ("2026-07-19T12:00", "UNKNOWN"),
        ("2026-07-20T00:00", "CLOSED"),
        ("2026-08-31T23:59", "CLOSED"),
        ("2026-09-01T00:00", "UNKNOWN"),
    ],
)
def test_the_session_is_that_of_the_hours_in_force_on_that_day(moment: str, session: str) -> None:
    assert CALENDAR.session(india(moment)) is MarketSession[session]


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-07-31T08:00", "2026-07-31T09:00"),
        ("2026-07-31T09:00", "2026-07-31T09:15"),
        ("2026-07-31T09:15", "2026-07-31T15:30"),
        ("2026-07-31T15:30", "2026-08-03T09:00"),
        ("2026-08-05T16:00", "2026-08-07T09:00"),
        ("2026-08-08T10:59", "2026-08-08T11:00"),
        ("2026-08-08T11:00", "2026-08-08T12:00"),
    ],
    ids=["pre-open", "open", "close", "weekend", "holiday", "break begins", "break ends"],
)
def test_the_next_change_is_the_next_open_close_or_auction(moment: str, change: str) -> None:
    assert CALENDAR.next_change(india(moment)) == india(change)


def test_hours_that_touch_do_not_change_the_session() -> None:
    day = date(2026, 8, 10)
    calendar = mumbai(special={day: hours("10:00-11:00", "11:00-12:00")})

    assert calendar.next_change(india("2026-08-10T10:30")) == india("2026-08-10T12:00")


@pytest.mark.parametrize(
    "moment",
    ["2026-08-18T16:00", "2026-08-19T12:00", "2026-08-31T15:40", "2026-09-02T12:00"],
    ids=["a day that is not known is next", "that day", "the calendar ends", "it has ended"],
)
def test_there_is_no_next_change_where_the_calendar_does_not_say(moment: str) -> None:
    assert CALENDAR.next_change(india(moment)) is None


@given(now=MOMENTS)
def test_nothing_changes_before_the_next_change(now: datetime) -> None:
    change = CALENDAR.next_change(now)
    if change is None:
        return
    session = CALENDAR.session(now)
    assert change > now
    assert CALENDAR.session(change) is not session
    assert CALENDAR.session(change - timedelta(microseconds=1)) is session
    middle = now + (change - now) / 2
    assert CALENDAR.session(middle) is session


@given(start=MOMENTS, seconds=st.integers(0, 20 * 86_400), now=MOMENTS)
def test_it_is_open_exactly_within_the_sessions(
    start: datetime, seconds: int, now: datetime
) -> None:
    end = start + timedelta(seconds=seconds)
    sessions = CALENDAR.sessions_between(start, end)

    assert all(start <= one.start < one.end <= end for one in sessions)
    assert [one.start for one in sessions] == sorted(one.start for one in sessions)
    if start <= now < end:
        is_open = CALENDAR.session(now) is MarketSession.OPEN
        assert any(now in one for one in sessions) == is_open


def test_sessions_are_cut_to_what_was_asked_for() -> None:
    sessions = CALENDAR.sessions_between(india("2026-07-31T15:00"), india("2026-08-03T10:00"))

    assert [(one.start, one.end) for one in sessions] == [
        (india("2026-07-31T15:00"), india("2026-07-31T15:30")),
        (india("2026-08-03T09:15"), india("2026-08-03T10:00")),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 7, 31), True),
        (date(2026, 8, 1), False),
        (date(2026, 8, 6), False),
        (date(2026, 8, 8), True),
        (date(2026, 8, 19), None),
        (date(2026, 9, 1), None),
    ],
)
def test_a_session_day_is_one_with_trading(day: date, expected: object) -> None:
    assert CALENDAR.is_session_day(day) is expected


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 7, 28), "2026-07-28T15:30"),
        (date(2026, 8, 4), "2026-08-04T15:40"),
        (date(2026, 8, 12), "2026-08-12T13:00"),
        (date(2026, 8, 8), "2026-08-08T13:00"),
        (date(2026, 8, 6), "2026-08-06T15:40"),
        (date(2026, 8, 19), "2026-08-19T15:40"),
        (date(2030, 12, 26), "2030-12-26T15:40"),
        (date(2001, 1, 25), "2001-01-25T15:30"),
    ],
    ids=[
        "before the change of hours",
        "after it",
        "an early close",
        "after a break",
        "a holiday",
        "a day that is not known",
        "beyond the calendar",
        "before all known hours",
    ],
)
def test_options_expire_at_the_close_of_their_day(day: date, instant: str) -> None:
    expires_at = CALENDAR.expiry_instant(day)

    assert expires_at == india(instant)
    assert expires_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (date(2026, 3, 6), "14:30", "21:00"),
        (date(2026, 3, 9), "13:30", "20:00"),
        (date(2026, 10, 30), "13:30", "20:00"),
        (date(2026, 11, 2), "14:30", "21:00"),
    ],
)
def test_local_hours_stay_where_they_are_when_the_clocks_change(
    day: date, opens: str, closes: str
) -> None:
    midnight = datetime.combine(day, time(), UTC)
    (session,) = new_york().sessions_between(midnight, midnight + timedelta(days=1))

    assert (session.start, session.end) == (
        datetime.combine(day, time.fromisoformat(opens), UTC),
        datetime.combine(day, time.fromisoformat(closes), UTC),
    )


def test_a_day_is_the_exchanges_own() -> None:
    friday_evening_in_new_york = datetime(2026, 11, 7, 0, 30, tzinfo=UTC)

    assert new_york().next_change(friday_evening_in_new_york) == datetime(
        2026, 11, 9, 14, 30, tzinfo=UTC
    )


def test_a_calendar_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="valid_through 2026-08-01 is before first 2026-08-02"):
        mumbai(first=date(2026, 8, 2), valid_through=date(2026, 8, 1))


def test_regular_hours_out_of_order_or_without_trading_are_refused() -> None:
    regular = CALENDAR.regular

    def calendar(*regular: object) -> ExchangeCalendar:
        return ExchangeCalendar(
            code="XNSE",
            zone=CALENDAR.zone,
            first=CALENDAR.first,
            valid_through=CALENDAR.valid_through,
            regular=regular,  # type: ignore[arg-type]  # some of them are wrong on purpose
            special={},
        )

    with pytest.raises(ValueError, match="since 2015-01-01 come after 2026-08-03"):
        calendar(*reversed(regular))
    with pytest.raises(ValueError, match="no regular hours"):
        calendar()


@pytest.mark.parametrize(
    ("open_spans", "pre_open", "problem"),
    [
        (("09:15-15:30", "15:00-16:00"), (), "09:15-15:30 and 15:00-16:00 overlap"),
        (("09:15-15:30",), ("09:00-09:20",), "09:00-09:20 and 09:15-15:30 overlap"),
        (("12:00-13:00", "09:15-11:00"), (), "not in the order of time"),
        ((), ("09:00-09:15",), "followed by no trading"),
    ],
)
def test_hours_that_contradict_themselves_are_refused(
    open_spans: tuple[str, ...], pre_open: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        DayHours(open=tuple(map(span, open_spans)), pre_open=tuple(map(span, pre_open)))


def test_a_span_must_last() -> None:
    with pytest.raises(ValueError, match="15:30-09:15 does not end later than it begins"):
        hours("15:30-09:15")
