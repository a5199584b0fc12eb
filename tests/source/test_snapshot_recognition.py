"""How a file is opened and taken for something, and what is said when it is nothing."""

import zoneinfo
from pathlib import Path

import pytest
from tests.fixtures.nse_snapshot import nse_snapshot
from tests.source.test_snapshot_cboe_csv import FIRST, HEAD
from tests.source.test_snapshot_cboe_csv import HEADER as CBOE_HEADER
from tests.source.test_snapshot_nse_csv import BOTH
from tests.source.test_snapshot_nse_csv import HEADER as NSE_HEADER

from deltastream.adapters.source.snapshots import markets
from deltastream.adapters.source.snapshots.recognition import (
    LARGEST_FILE,
    open_file,
    read_snapshot,
)
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotHints
from deltastream.domain.errors import SourceFormatError

HINTS = SnapshotHints()


def read(path: Path) -> Snapshot:
    return read_snapshot(open_file(path, HINTS))


@pytest.mark.parametrize(
    ("text", "exchange"),
    [
        (nse_snapshot().text(), "XNSE"),
        ("\n  " + nse_snapshot(shape="v3").text(), "XNSE"),
        (NSE_HEADER + BOTH, "XNSE"),
        (HEAD + CBOE_HEADER + FIRST, "XCBO"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_is_recognised_by_what_is_in_it_not_by_how_its_name_ends(
    tmp_path: Path, text: str, exchange: str, encoding: str
) -> None:
    path = tmp_path / "option-chain-ED-NIFTY-27-Jan-2026.txt"
    path.write_text(text, encoding=encoding)
    assert read(path).product.exchange == exchange


@pytest.mark.parametrize(
    ("content", "taken_for"),
    [
        (b"", "is no snapshot: it is taken for an empty file; expected NSE option-chain JSON"),
        (b"<html>Access Denied</html>", "is taken for text that begins with '<html>Access Denied"),
        (b"date,price\n2026-01-01,5\n", "is taken for text that begins with 'date,price"),
        (b"\x1f\x8b\x08\x00\xff", "is taken for a binary or packed file, being no UTF-8 text"),
    ],
)
def test_a_file_that_is_nothing_known_is_named_with_what_was_expected(
    tmp_path: Path, content: bytes, taken_for: str
) -> None:
    path = tmp_path / "capture.csv"
    path.write_bytes(content)
    with pytest.raises(SourceFormatError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert taken_for in message
    assert "pass the file as the exchange gave it" in message


def test_an_absent_file_is_named_with_the_systems_reason(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match=r"absent\.json cannot be read \(No such file"):
        read(tmp_path / "absent.json")


def test_a_file_too_large_for_a_snapshot_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as sparse:
        sparse.truncate(LARGEST_FILE + 1)
    with pytest.raises(SourceFormatError, match=r"has 256 MiB and is taken for no snapshot"):
        read(path)


def test_a_system_without_time_zones_is_told_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_zones(key: str) -> zoneinfo.ZoneInfo:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(markets, "ZoneInfo", no_zones)
    with pytest.raises(SourceFormatError, match=r"in Asia/Kolkata, .* install the tzdata package"):
        read(nse_snapshot().write(tmp_path / "chain.json"))
