"""The warning that a calendar ends."""

from datetime import timedelta

import pytest
from tests.calendar.small_calendars import india, mumbai, new_york

from deltastream.domain.calendar.coverage import coverage_notice, coverage_notices

LAST_DAY = india("2026-08-31T12:00")


@pytest.mark.parametrize(
    ("days_before", "words"),
    [
        (60, "ends on 2026-08-31, in 60 days"),
        (1, "ends on 2026-08-31, tomorrow"),
        (0, "ends on 2026-08-31, today"),
        (-1, "ended on 2026-08-31"),
    ],
)
def test_an_end_within_sixty_days_is_said(days_before: int, words: str) -> None:
    notice = coverage_notice(mumbai(), LAST_DAY - timedelta(days=days_before))

    assert notice is not None
    assert notice.startswith("the calendar of XNSE")
    assert words in notice


def test_an_end_further_away_is_not() -> None:
    assert coverage_notice(mumbai(), LAST_DAY - timedelta(days=61)) is None


def test_the_notices_are_those_of_the_exchanges_concerned_each_once() -> None:
    calendars = {"XNSE": mumbai(), "XNYS": new_york(), "XNAS": new_york()}
    december = india("2026-12-01T12:00")

    (notice,) = coverage_notices(calendars, ["XNAS", "XNYS", "????"], december)
    assert notice == (
        "the calendar of XNYS ends on 2026-12-31, in 30 days; after it, whether its market is open"
        " will not be known"
    )
    assert [n.split()[3] for n in coverage_notices(calendars, calendars, december)] == [
        "XNSE",
        "XNYS",
    ]
