"""What analytics can be told, and what it refuses to start with."""

from pathlib import Path

import pytest

from deltastream.analytics.__main__ import work
from deltastream.analytics.settings import AnalyticsSettings
from deltastream.runtime.lifecycle import Shutdown, UsageError
from deltastream.runtime.settings import SettingsError


def test_expensive_answers_are_kept_as_long_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AnalyticsSettings.load().analytics_ttl == 5.0
    monkeypatch.setenv("DELTASTREAM_ANALYTICS_TTL", "0.5")
    assert AnalyticsSettings.load().analytics_ttl == 0.5


def test_a_negative_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_ANALYTICS_TTL", "-1")
    with pytest.raises(SettingsError, match="DELTASTREAM_ANALYTICS_TTL"):
        AnalyticsSettings.load()


def test_an_empty_setting_of_calendars_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_CALENDAR_OVERRIDES", "")
    assert AnalyticsSettings.load().calendar_overrides is None


async def test_calendars_that_cannot_be_read_are_the_operators_to_mend(tmp_path: Path) -> None:
    missing = tmp_path / "calendars.toml"
    settings = AnalyticsSettings(calendar_overrides=missing, analytics_listen="127.0.0.1:0")
    with pytest.raises(UsageError, match=r"calendars\.toml"):
        await work(settings, Shutdown())
