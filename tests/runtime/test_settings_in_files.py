"""A folder of files may hold what should not stand in the environment."""

from pathlib import Path

import pytest

from deltastream.runtime.settings import SettingsError
from deltastream.storage.settings import StorageSettings

URL = "mongodb://storage:hunter2@mongo:27017/deltastream"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deltastream_service_secret").write_text("between services\n", encoding="utf-8")
    (tmp_path / "deltastream_store_url").write_text(URL, encoding="utf-8")
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_file_is_read_as_the_variable_of_its_name() -> None:
    settings = StorageSettings.load()
    assert settings.service_secret.get_secret_value() == "between services"
    assert settings.store_url == URL


@pytest.mark.usefixtures("folder")
def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_STORE_URL", "sqlite:market.db")
    assert StorageSettings.load().store_url == "sqlite:market.db"


def test_a_problem_in_a_file_is_told_by_its_variable_and_not_repeated(folder: Path) -> None:
    (folder / "deltastream_drain_seconds").write_text("hunter2", encoding="utf-8")
    with pytest.raises(SettingsError, match="DELTASTREAM_DRAIN_SECONDS: ") as caught:
        StorageSettings.load()
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", "/nowhere/at/all")
    with pytest.raises(SettingsError, match="DELTASTREAM_SECRETS_DIR: no such folder: /nowhere"):
        StorageSettings.load()


def test_none_is_named_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_SECRETS_DIR", "")
    assert StorageSettings.load().secrets_dir is None
