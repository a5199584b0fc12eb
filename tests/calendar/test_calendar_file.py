"""The form of calendar files, and what is said of one that is wrong."""

from datetime import date

import pytest
from tests.calendar.small_calendars import MUMBAI, hours

from deltastream.adapters.calendar.calendar_file import CalendarFileError, read_calendar_file
from deltastream.adapters.calendar.draft import CalendarDraft, Word

EVERYTHING = """
[XNSE]
time_zone = "Asia/Kolkata"
first = 2015-01-01
valid_through = 2026-12-31
shared_by = ["XBOM"]

[XNSE.regular]
2015-01-01 = { pre_open = "09:00-09:15", open = "09:15-15:30" }

[XNSE.days]
2026-01-26 = "closed"
2026-02-01 = "regular"
2026-11-08 = "unknown"
2024-03-02 = { open = ["09:15-10:00", "11:30-12:30"] }
"""


def test_a_file_says_everything_of_an_exchange() -> None:
    assert read_calendar_file(EVERYTHING) == {
        "XNSE": CalendarDraft(
            zone=MUMBAI,
            first=date(2015, 1, 1),
            valid_through=date(2026, 12, 31),
            shared_by=("XBOM",),
            regular={date(2015, 1, 1): hours("09:15-15:30", pre_open="09:00-09:15")},
            days={
                date(2026, 1, 26): Word.CLOSED,
                date(2026, 2, 1): Word.REGULAR,
                date(2026, 11, 8): Word.UNKNOWN,
                date(2024, 3, 2): hours("09:15-10:00", "11:30-12:30"),
            },
        )
    }


def test_a_file_may_say_little_of_several_exchanges() -> None:
    drafts = read_calendar_file('[XNSE.days]\n2027-01-26 = "closed"\n[XNYS]\nfirst = 2015-01-01')

    assert drafts == {
        "XNSE": CalendarDraft(days={date(2027, 1, 26): Word.CLOSED}),
        "XNYS": CalendarDraft(first=date(2015, 1, 1)),
    }


def test_later_files_win_wherever_both_say_something() -> None:
    earlier = read_calendar_file(EVERYTHING)["XNSE"]
    later = read_calendar_file(
        """
        [XNSE]
        time_zone = "Asia/Dhaka"
        valid_through = 2027-12-31
        [XNSE.days]
        2026-01-26 = { open = "18:00-19:00" }
        2027-01-26 = "closed"
        """
    )["XNSE"]

    calendar = earlier.overridden_by(later).calendar("XNSE")

    assert calendar.zone.key == "Asia/Dhaka"
    assert calendar.valid_through == date(2027, 12, 31)
    assert calendar.first == date(2015, 1, 1)
    assert calendar.hours_on(date(2026, 1, 26)) == hours("18:00-19:00")
    assert calendar.is_session_day(date(2027, 1, 26)) is False
    assert calendar.is_session_day(date(2026, 2, 1)) is True


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[XNSE]\nfirst = soon\n", "it is no TOML: .*line 2"),
        ('[nse.days]\n2026-01-26 = "closed"', r"nse is no table of an exchange; .* \[XNSE\]"),
        ('XNSE = "closed"', "XNSE is no table of an exchange"),
        ("[XNSE]\nholidays = []", "XNSE.holidays is not known; known are time_zone, first"),
        ('[XNSE]\ntime_zone = "Asia/Bombay2"', "XNSE.time_zone: 'Asia/Bombay2' is no time zone"),
        ("[XNSE]\ntime_zone = 5", "XNSE.time_zone: 5 is no time zone"),
        ('[XNSE]\nfirst = "2015-01-01"', "XNSE.first: '2015-01-01' is no date; .* quotation marks"),
        ("[XNSE]\nfirst = 2015-01-01T00:00:00", "XNSE.first: .* is no date"),
        ('[XNSE]\nshared_by = "XBOM"', "XNSE.shared_by: 'XBOM' is no list of exchange codes"),
        ("[XNSE]\ndays = [2026-01-26]", "XNSE.days: .* is no table of dates"),
        ('[XNSE.days]\n2026-02-30 = "closed"', "XNSE.days: '2026-02-30' is no date"),
        ('[XNSE.days]\n2026-01-26 = "shut"', "XNSE.days.2026-01-26: 'shut' is neither hours"),
        (
            '[XNSE.days]\n2026-01-26 = { open = "9:15-15:30" }',
            "XNSE.days.2026-01-26: '9:15-15:30' is no span",
        ),
        (
            '[XNSE.days]\n2026-01-26 = { open = "09:15-25:30" }',
            "XNSE.days.2026-01-26: .*hour must be in",
        ),
        (
            '[XNSE.days]\n2026-01-26 = { open = "15:30-09:15" }',
            "XNSE.days.2026-01-26: 15:30-09:15 does not end later",
        ),
        (
            '[XNSE.days]\n2026-01-26 = { opens = "09:15-15:30" }',
            "XNSE.days.2026-01-26: .* is neither hours",
        ),
        ('[XNSE.regular]\n2026-01-26 = "closed"', "XNSE.regular.2026-01-26: 'closed' is neither"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(CalendarFileError, match=problem):
        read_calendar_file(text)
