"""The feed's settings of clock and calendars, and how it refuses wrong ones."""

import asyncio
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.fixtures.running_mesh import environment

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.synthetic.settings import MarketClock
from deltastream.feed.settings import FeedSettings
from deltastream.runtime.settings import SettingsError


def test_markets_are_always_open_by_the_calendars_of_the_release_unless_told_otherwise() -> None:
    options = FeedSettings.load().source_options

    assert options.synthetic.clock is MarketClock.ALWAYS_OPEN
    assert options.calendars is shipped_calendars()


def test_the_real_clock_is_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_CLOCK", "real")
    assert FeedSettings.load().source_options.synthetic.clock is MarketClock.REAL


def test_another_clock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_CLOCK", "sometimes")
    with pytest.raises(SettingsError, match=r"DELTASTREAM_CLOCK: .*'always-open' or 'real'"):
        FeedSettings.load()


def test_a_calendar_file_is_laid_over_the_calendars(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "days.toml"
    file.write_text('[XNSE.days]\n2026-11-23 = "closed"\n')
    monkeypatch.setenv("DELTASTREAM_CALENDAR_OVERRIDES", str(file))

    calendars = FeedSettings.load().source_options.calendars

    assert calendars["XNSE"].is_session_day(date(2026, 11, 23)) is False


def test_no_file_may_be_written_as_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_CALENDAR_OVERRIDES", "")
    assert FeedSettings.load().calendar_overrides is None


def test_a_calendar_file_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DELTASTREAM_CALENDAR_OVERRIDES", str(tmp_path / "absent.toml"))
    with pytest.raises(InvalidValueError, match=r"calendar_overrides: .*absent\.toml cannot be"):
        _ = FeedSettings.load().source_options


async def test_the_process_ends_with_status_2_and_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text('[XNSE.days]\n2026-11-23 = "shut"\n')
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deltastream.feed",
        env=environment(DELTASTREAM_CALENDAR_OVERRIDES=str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        _, said = await process.communicate()

    assert process.returncode == 2
    assert (
        "days.toml cannot be used: XNSE.days.2026-11-23: 'shut' is neither hours" in said.decode()
    )
    assert "Traceback" not in said.decode()


def test_the_synthetic_market_lists_as_many_expiries_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DELTASTREAM_EXPIRIES", "6")
    assert FeedSettings.load().source_options.synthetic.expiries == 6

    monkeypatch.setenv("DELTASTREAM_EXPIRIES", "0")
    with pytest.raises(SettingsError, match="DELTASTREAM_EXPIRIES"):
        FeedSettings.load()
