"""How long things are kept is written in words, and read from the environment."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.ports.store import Kind
from deltastream.runtime.ages import read_age, write_age
from deltastream.runtime.settings import SettingsError
from deltastream.storage.settings import StorageSettings


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("7d", timedelta(days=7)),
        ("12h", timedelta(hours=12)),
        ("30m", timedelta(minutes=30)),
        (" 90D ", timedelta(days=90)),
        ("forever", None),
        ("Forever", None),
    ],
)
def test_an_age_is_a_number_and_a_unit_or_forever(text: str, age: timedelta | None) -> None:
    assert read_age(text) == age


@pytest.mark.parametrize(
    "text", ["", "7", "d", "0d", "-1d", "1.5d", "7 days", "7s", "P7D", "7d12h", "never", "9999999d"]
)
def test_what_is_no_age_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="such as 7d, 12h or 30m, or forever"):
        read_age(text)


@given(st.none() | st.integers(1, 999_999).map(lambda minutes: timedelta(minutes=minutes)))
def test_an_age_is_read_as_it_was_written(age: timedelta | None) -> None:
    assert read_age(write_age(age)) == age


def test_an_age_is_written_in_its_largest_unit() -> None:
    assert write_age(timedelta(hours=48)) == "2d"
    assert write_age(timedelta(hours=36)) == "36h"
    assert write_age(timedelta(minutes=90)) == "90m"


def test_by_default_bulk_goes_and_candles_stay() -> None:
    assert dict(StorageSettings.load().ages) == {
        Kind.TICKS: timedelta(days=7),
        Kind.QUOTES: timedelta(days=1),
        Kind.CHAINS: timedelta(days=7),
        Kind.CANDLES: None,
    }


def test_each_kind_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, kind in enumerate(Kind, start=1):
        monkeypatch.setenv(f"DELTASTREAM_RETAIN_{kind.name}", f"{number}h")
    assert list(StorageSettings.load().ages) == list(Kind)
    assert list(StorageSettings.load().ages.values()) == [
        timedelta(hours=number) for number in (1, 2, 3, 4)
    ]


def test_all_unreadable_ages_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELTASTREAM_RETAIN_TICKS", "a week")
    monkeypatch.setenv("DELTASTREAM_RETAIN_CANDLES", "0d")
    with pytest.raises(SettingsError) as caught:
        StorageSettings.load()
    lines = str(caught.value).splitlines()
    for name in ("TICKS", "CANDLES"):
        (line,) = [line for line in lines if f"DELTASTREAM_RETAIN_{name}: " in line]
        assert line.endswith("such as 7d, 12h or 30m, or forever")
