"""Which chains are shown, and what is said when there are none."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.enrich_command.invoking import enrich, messages, written
from tests.fixtures.nse_snapshot import EXPIRIES, INDIA, nse_snapshot

WEBSITE_CSV = (
    "CALLS,,PUTS\n"
    ",OI,CHNG IN OI,VOLUME,IV,LTP,CHNG,BID QTY,BID,ASK,ASK QTY,STRIKE,"
    "BID QTY,BID,ASK,ASK QTY,CHNG,LTP,IV,VOLUME,CHNG IN OI,OI,\n"
    ',"1,00,250",12,"3,34,701",10.11,172.00,-19.65,"2,175",171.55,171.95,150,"24,600.00",'
    '300,119.05,119.35,900,0.00,118.00,10.97,"4,32,331",-14,"45,418",\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two products, NIFTY twice, and a file that is no snapshot."""
    for number, (product, minute) in enumerate((("NIFTY", 5), ("NIFTY", 6), ("FINNIFTY", 5))):
        taken = datetime(2026, 1, 20, 13, minute, tzinfo=INDIA)
        snapshot = nse_snapshot(seed=number, product=product, taken=taken, expiries=EXPIRIES[:2])
        snapshot.write(tmp_path / f"{product}-{minute}.json")
    (tmp_path / "notes.json").write_text("[]")
    return tmp_path


def shown(*arguments: str | Path) -> list[tuple[str, str, int]]:
    return [
        (chain.product, chain.expiry, chain.sequence) for chain in messages(written(*arguments))
    ]


def test_a_folder_gives_all_chains_by_time_product_and_expiry_numbered_by_product(
    folder: Path,
) -> None:
    assert shown(folder) == [
        ("FINNIFTY", "2026-01-27", 1),
        ("FINNIFTY", "2026-02-03", 2),
        ("NIFTY", "2026-01-27", 1),
        ("NIFTY", "2026-02-03", 2),
        ("NIFTY", "2026-01-27", 3),
        ("NIFTY", "2026-02-03", 4),
    ]


def test_what_is_asked_for_keeps_the_numbers_that_it_has_among_all(folder: Path) -> None:
    nearest = shown(folder, "--product", "nifty", "--expiry", "2026-01-27")
    assert nearest == [("NIFTY", "2026-01-27", 1), ("NIFTY", "2026-01-27", 3)]
    next_one = shown(folder, "--product", "NIFTY", "--expiry", "2026-02-03")
    assert next_one == [("NIFTY", "2026-02-03", 2), ("NIFTY", "2026-02-03", 4)]


def test_what_could_not_be_used_is_summarised_beside_the_output(folder: Path) -> None:
    result = enrich(folder)
    assert result.exit_code == 0
    assert result.stderr.startswith("skipped 1 x the file is no snapshot; first: ")
    assert "notes.json" in result.stderr


def test_an_expiry_that_is_not_there_is_refused_with_those_that_are(folder: Path) -> None:
    result = enrich(folder, "--expiry", "2026-02-10")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"deltastream enrich: {folder} holds no chain of expiry 2026-02-10; it holds"
        " FINNIFTY 2026-01-27, 2026-02-03; NIFTY 2026-01-27, 2026-02-03\n"
    )


def test_a_product_that_is_not_there_is_refused_with_those_that_are(folder: Path) -> None:
    result = enrich(folder, "--product", "SENSEX")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "holds snapshots of FINNIFTY, NIFTY and none of SENSEX" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--expiry", "27-Jan-2026"), "'27-Jan-2026' is no day such as 2026-01-27."),
        (("--expiry", "2026-02-30"), "'2026-02-30' is no day such as 2026-01-27."),
        (("--rate", "nan"), "nan is not from -1 to 1; 5.5 % is 0.055."),
        (("--rate", "5.5"), "5.5 is not from -1 to 1; 5.5 % is 0.055."),
        (("--rate", "low"), "'low' is no number."),
        (("--contract-size", "0"), "0 is no positive number."),
        (("--contract-size", "inf"), "inf is no positive number."),
        (("--contract-size", "nan"), "nan is no positive number."),
        (("--timestamp", "2026-01-20T13:59"), "'2026-01-20T13:59' states no zone; write it as in"),
        (("--timestamp", "noon"), "'noon' is no time such as 2026-01-20T13:59:23+05:30."),
        (("--product", "N I"), "product: 'N I' is no symbol such as 'NIFTY'"),
        (("--convention", "bachelier"), "'bachelier' is not one of 'black76', 'nse'."),
        (("--format", "xml"), "'xml' is not one of 'table', 'json', 'csv'."),
        (("--strikes", "-1"), "-1 is not in the range x>=0."),
    ],
)
def test_an_option_without_a_possible_meaning_is_refused(
    folder: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    result = enrich(folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert complaint in result.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "is no snapshot: it is taken for an empty file"),
        ('{"records": {"data": [{"strikePr', "is no valid JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_no_output_is_touched(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path, output = tmp_path / "chain.json", tmp_path / "kept.csv"
    output.write_text("as it was")
    if content is not None:
        path.write_text(content)
    result = enrich(path, "--output", output)
    assert result.exit_code == 2
    assert f"deltastream enrich: {path} " in result.stderr
    assert complaint in result.stderr
    assert output.read_text() == "as it was"


def test_the_file_that_is_read_is_never_written(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    before = path.read_text()
    (tmp_path / "link.json").symlink_to(path)
    result = enrich(path, "--output", tmp_path / "link.json")
    assert result.exit_code == 2
    assert "is the file that is read; name another" in result.stderr
    assert path.read_text() == before


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    result = enrich(path, "--output", tmp_path / "nowhere" / "chain.csv")
    assert result.exit_code == 3
    assert "nowhere/chain.csv cannot be written (No such file or directory)" in result.stderr


def test_options_stand_in_for_what_a_website_csv_does_not_state(tmp_path: Path) -> None:
    path = tmp_path / "downloaded.csv"
    path.write_text(WEBSITE_CSV)
    hints = ("--product", "NIFTY", "--expiry", "2026-01-27")
    taken = ("--timestamp", "2026-01-20T13:59:23+05:30")
    result = enrich(path, *hints, *taken)
    (chain,) = messages(result.stdout)
    assert (chain.product, chain.expiry) == ("NIFTY", "2026-01-27")
    assert chain.timestamp.ToDatetime(UTC) == datetime(2026, 1, 20, 8, 29, 23, tzinfo=UTC)
    assert result.stderr == ""


def test_a_time_that_was_taken_from_the_file_s_last_change_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "option-chain-ED-NIFTY-27-Jan-2026.csv"
    path.write_text(WEBSITE_CSV)
    changed = datetime(2026, 1, 22, 4, tzinfo=UTC)
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    result = enrich(path)
    (chain,) = messages(result.stdout)
    assert chain.timestamp.ToDatetime(UTC) == changed
    assert result.stderr == (
        "option-chain-ED-NIFTY-27-Jan-2026.csv: the time of the chain is that of the file's last"
        " change; if it was taken at another time, state that with --timestamp\n"
    )


def test_a_website_csv_without_product_and_expiry_says_that_they_must_be_stated(
    tmp_path: Path,
) -> None:
    path = tmp_path / "downloaded.csv"
    path.write_text(WEBSITE_CSV)
    result = enrich(path)
    assert result.exit_code == 2
    assert "does not state its product and expiry" in result.stderr
