"""The calendars of this release, on days that everybody can look up."""

import warnings
from datetime import date, datetime, timedelta

import pytest
from tests.calendar.small_calendars import NEW_YORK, india

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.snapshots.markets import CBOE, NSE
from deltastream.domain.session import MarketSession
from deltastream.domain.synthetic.listings import LISTINGS

CALENDARS = shipped_calendars()


def test_every_product_that_we_invent_and_every_snapshot_has_a_calendar() -> None:
    needed = {listing.product.exchange for listing in LISTINGS} | {NSE.exchange, CBOE.exchange}

    assert needed <= CALENDARS.keys()
    for listing in LISTINGS:
        assert CALENDARS[listing.product.exchange].zone.key == listing.product.time_zone


@pytest.mark.parametrize("code", ["XNSE", "XBOM"])
@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2015-02-28", "09:15", "15:30"),
        ("2020-02-01", "09:15", "15:30"),
        ("2024-01-20", "09:15", "15:30"),
        ("2025-02-01", "09:15", "15:30"),
        ("2026-02-01", "09:15", "15:30"),
        ("2015-11-11", "17:45", "18:45"),
        ("2016-10-30", "18:30", "19:30"),
        ("2017-10-19", "18:30", "19:30"),
        ("2018-11-07", "17:30", "18:30"),
        ("2019-10-27", "18:15", "19:15"),
        ("2020-11-14", "18:15", "19:15"),
        ("2021-11-04", "18:15", "19:15"),
        ("2022-10-24", "18:15", "19:15"),
        ("2023-11-12", "18:15", "19:15"),
        ("2024-11-01", "18:00", "19:00"),
        ("2025-10-21", "13:45", "14:45"),
        ("2026-07-31", "09:15", "15:30"),
        ("2026-08-03", "09:15", "15:40"),
    ],
)
def test_mumbai_trades_on_ordinary_and_on_special_days(
    code: str, day: str, opens: str, closes: str
) -> None:
    (session,) = CALENDARS[code].sessions_between(india(day), india(day) + timedelta(days=1))

    assert session.start == india(f"{day}T{opens}")
    assert session.end == india(f"{day}T{closes}")


@pytest.mark.parametrize("code", ["XNSE", "XBOM"])
@pytest.mark.parametrize("day", ["2024-03-02", "2024-05-18"])
def test_mumbai_traded_twice_when_it_moved_to_its_other_site(code: str, day: str) -> None:
    sessions = CALENDARS[code].sessions_between(india(day), india(day) + timedelta(days=1))

    assert [(one.start, one.end) for one in sessions] == [
        (india(f"{day}T09:15"), india(f"{day}T10:00")),
        (india(f"{day}T11:30"), india(f"{day}T12:30")),
    ]


def test_the_exchanges_of_mumbai_differed_on_the_day_of_the_outage() -> None:
    noon = india("2021-02-24T12:00")

    assert CALENDARS["XNSE"].session(noon) is MarketSession.CLOSED
    assert CALENDARS["XBOM"].session(noon) is MarketSession.OPEN
    for code in ("XNSE", "XBOM"):
        assert CALENDARS[code].expiry_instant(noon.date()) == india("2021-02-24T17:00")


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("XNSE", date(2024, 1, 22)),
        ("XNSE", date(2024, 11, 20)),
        ("XNSE", date(2026, 1, 15)),
        ("XNSE", date(2026, 1, 26)),
        ("XNSE", date(2026, 11, 24)),
        ("XBOM", date(2023, 6, 29)),
        ("XBOM", date(2026, 12, 25)),
        ("XNYS", date(2018, 12, 5)),
        ("XNAS", date(2025, 1, 9)),
        ("ARCX", date(2022, 6, 20)),
        ("XCBO", date(2026, 7, 3)),
        ("XNYS", date(2028, 12, 25)),
    ],
)
def test_holidays_are_without_trading(code: str, day: date) -> None:
    assert CALENDARS[code].is_session_day(day) is False


def test_a_holiday_that_was_moved_is_a_day_of_trading() -> None:
    assert CALENDARS["XNSE"].is_session_day(date(2023, 6, 28)) is True
    assert CALENDARS["XNYS"].is_session_day(date(2027, 12, 31)) is True


@pytest.mark.parametrize("day", ["2025-11-28", "2024-07-03", "2025-12-24", "2028-07-03"])
def test_new_york_closes_early_around_holidays(day: str) -> None:
    expected = datetime.fromisoformat(f"{day}T13:00").replace(tzinfo=NEW_YORK)

    assert CALENDARS["XCBO"].expiry_instant(date.fromisoformat(day)) == expected


def test_a_special_day_without_a_source_is_not_guessed() -> None:
    assert CALENDARS["XNSE"].session(india("2026-11-08T18:30")) is MarketSession.UNKNOWN


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("XNSE", date(2015, 1, 1), date(2026, 12, 31)),
        ("XBOM", date(2015, 1, 1), date(2026, 12, 31)),
        ("XNYS", date(2015, 1, 1), date(2028, 12, 31)),
    ],
)
def test_beyond_its_dates_a_calendar_knows_nothing(code: str, first: date, last: date) -> None:
    calendar = CALENDARS[code]

    assert (calendar.first, calendar.valid_through) == (first, last)
    for day in (first - timedelta(days=1), last + timedelta(days=1)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=calendar.zone)
        assert calendar.session(noon) is MarketSession.UNKNOWN


def test_every_special_day_lies_within_the_calendar() -> None:
    for code, calendar in CALENDARS.items():
        assert [day for day in calendar.special if not calendar.covers(day)] == [], code


def test_no_day_is_listed_that_is_ordinary() -> None:
    for code, calendar in CALENDARS.items():
        for day, hours in calendar.special.items():
            weekend = day.weekday() >= 5
            assert hours != calendar.regular_hours(day) or weekend, (code, day)
            assert hours is None or hours.open or not weekend, (code, day)


def test_the_generated_files_are_what_the_tool_writes_today() -> None:
    pytest.importorskip("exchange_calendars", reason="needed by tools/calendars.py alone")
    from tools.calendars import FIRST_YEAR, RECIPES, calendar_text  # noqa: PLC0415 - see above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas has its own opinions about itself
        for recipe in RECIPES.values():
            text = calendar_text(recipe, first_year=FIRST_YEAR, last_year=recipe.last_year)
            assert recipe.path.read_text() == text
