"""The calendars of all exchanges, with an operator's file laid over them."""

from datetime import date
from pathlib import Path

import pytest
from tests.calendar.small_calendars import hours, india

from deltastream.adapters.calendar.load import load_calendars, shipped_calendars
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.session import MarketSession


def overridden(folder: Path, text: str) -> Calendars:
    file = folder / "days.toml"
    file.write_text(text)
    return load_calendars(file)


def test_without_a_file_the_calendars_are_those_of_the_release() -> None:
    assert load_calendars() is shipped_calendars()


def test_a_file_adds_days_and_corrects_them(tmp_path: Path) -> None:
    calendars = overridden(
        tmp_path,
        """
        [XNSE]
        valid_through = 2027-12-31
        [XNSE.days]
        2027-01-26 = "closed"
        2026-11-24 = { open = "18:15-19:15" }
        """,
    )

    assert calendars["XNSE"].is_session_day(date(2027, 1, 26)) is False
    assert calendars["XNSE"].is_session_day(date(2027, 1, 27)) is True
    assert calendars["XNSE"].session(india("2026-11-24T18:30")) is MarketSession.OPEN
    # What it does not mention is as it was.
    assert calendars["XNSE"].is_session_day(date(2026, 12, 25)) is False
    assert calendars["XBOM"].valid_through == shipped_calendars()["XBOM"].valid_through
    assert shipped_calendars()["XNSE"].is_session_day(date(2027, 1, 26)) is None


def test_a_table_of_an_exchange_holds_for_those_that_share_its_calendar(tmp_path: Path) -> None:
    calendars = overridden(tmp_path, '[XNYS.days]\n2026-11-30 = "closed"')

    for code in ("XNYS", "XNAS", "ARCX", "XCBO"):
        assert calendars[code].is_session_day(date(2026, 11, 30)) is False


def test_a_table_of_one_that_shares_holds_for_it_alone(tmp_path: Path) -> None:
    calendars = overridden(tmp_path, '[XNAS.days]\n2026-11-30 = "closed"')

    assert calendars["XNAS"].is_session_day(date(2026, 11, 30)) is False
    assert calendars["XNAS"].is_session_day(date(2026, 11, 26)) is False
    assert calendars["XNYS"].is_session_day(date(2026, 11, 30)) is True


def test_a_file_may_bring_an_exchange_of_its_own(tmp_path: Path) -> None:
    calendars = overridden(
        tmp_path,
        """
        [XEUR]
        time_zone = "Europe/Berlin"
        first = 2026-01-01
        valid_through = 2026-12-31
        [XEUR.regular]
        2026-01-01 = { open = "08:00-22:00" }
        """,
    )

    assert calendars["XEUR"].hours_on(date(2026, 11, 23)) == hours("08:00-22:00")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[XEUR]\nfirst = 2026-01-01", "XEUR: its time_zone is stated nowhere"),
        ('[XEUR]\ntime_zone = "UTC"', "XEUR: its first or valid_through date is stated nowhere"),
        (
            '[XEUR]\ntime_zone = "UTC"\nfirst = 2026-01-01\nvalid_through = 2026-12-31',
            "XEUR: its regular hours are stated nowhere",
        ),
        ("[XNSE]\nvalid_through = 2014-12-31", "XNSE: valid_through 2014-12-31 is before first"),
        ("[XNSE]\nnonsense = 1", "XNSE.nonsense is not known"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(
        InvalidValueError, match=rf"days\.toml cannot be used: {problem}"
    ) as refused:
        overridden(tmp_path, text)
    assert refused.value.field == "calendar_overrides"


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"absent\.toml cannot be read \(No such file"):
        load_calendars(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(InvalidValueError, match=r"latin\.toml is no UTF-8 text"):
        load_calendars(tmp_path / "latin.toml")
