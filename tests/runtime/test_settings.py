"""Settings come from the environment, and every problem is told at once."""

import pytest

from deltastream.analytics.settings import AnalyticsSettings
from deltastream.auth.settings import AuthSettings
from deltastream.edge.settings import EdgeSettings
from deltastream.enrichment.settings import EnrichmentSettings
from deltastream.feed.settings import FeedSettings
from deltastream.logs.settings import LogsSettings
from deltastream.runtime.settings import RoleSettings, SettingsError
from deltastream.storage.settings import StorageSettings

ROLES: list[type[RoleSettings]] = [
    AnalyticsSettings,
    AuthSettings,
    EdgeSettings,
    EnrichmentSettings,
    FeedSettings,
    LogsSettings,
    StorageSettings,
]


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


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.role)
def test_nothing_shows_what_may_hold_a_password(
    role: type[RoleSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [name for name in role.model_fields if name.endswith(("_url", "_secret", "_password"))]
    for name in named:
        monkeypatch.setenv(f"DELTASTREAM_{name.upper()}", "redis://user:hunter2@bus:6379/0")
    settings = role.load()
    assert named
    assert "hunter2" not in f"{settings!r} {settings}"
