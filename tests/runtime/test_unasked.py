"""Libraries do not find what is hidden from them."""

import importlib
import sys
from pathlib import Path

import pytest

from deltastream.unasked import hidden


@pytest.fixture(name="packages")
def two_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return the names of two packages that can be imported, and have not been."""
    names = ("first_of_two", "second_of_two")
    for name in names:
        (tmp_path / f"{name}.py").touch()
        # Undone at the end, whatever the test imports.
        monkeypatch.setitem(sys.modules, name, sys)
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    return names


def test_what_is_hidden_cannot_be_imported(packages: tuple[str, str]) -> None:
    with hidden(*packages):
        for name in packages:
            with pytest.raises(ModuleNotFoundError):
                importlib.import_module(name)


def test_afterwards_it_can(packages: tuple[str, str]) -> None:
    with hidden(*packages):
        pass
    assert [importlib.import_module(name).__name__ for name in packages] == [*packages]


def test_what_was_imported_before_stays(packages: tuple[str, str]) -> None:
    first, second = packages
    module = importlib.import_module(first)
    with hidden(*packages):
        assert importlib.import_module(first) is module
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(second)
    assert sys.modules[first] is module


def test_a_failure_leaves_nothing_hidden(packages: tuple[str, str]) -> None:
    with pytest.raises(KeyError), hidden(*packages):
        raise KeyError
    assert importlib.import_module(packages[0]).__name__ == packages[0]
