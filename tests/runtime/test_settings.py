"""Settings come from the environment, and every problem is told at once."""

import pytest

from deltastream.feed.settings import FeedSettings
from deltastream.runtime.settings import SettingsError


def test_defaults_need_no_environment() -> None:
    assert FeedSettings.load().source == "synthetic"


def test_products_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_PRODUCTS", "NIFTY, SPY,")
    assert FeedSettings.load().products == {"NIFTY", "SPY"}


def test_all_problems_are_listed_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_RATE", "-1")
    monkeypatch.setenv("DELTASTREAM_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as caught:
        FeedSettings.load()
    assert "DELTASTREAM_RATE: " in str(caught.value)
    assert "DELTASTREAM_LOG_LEVEL: " in str(caught.value)


def test_values_that_are_refused_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_RATE", "hunter2")
    with pytest.raises(SettingsError) as caught:
        FeedSettings.load()
    assert "hunter2" not in str(caught.value)
