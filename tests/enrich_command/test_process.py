"""The command as a process of its own: terminals, pipes, exit statuses."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.enrich_command.invoking import DEADLINE_SECONDS, messages, started
from tests.fixtures.nse_snapshot import EXPIRIES, nse_snapshot
from tests.fixtures.running_mesh import environment

ESCAPE = "\x1b["
TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "120", "NO_COLOR": ""}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return nse_snapshot(expiries=EXPIRIES[:1]).write(tmp_path / "chain.json")


def on_terminal(*arguments: str | Path, variables: Mapping[str, str] = TERMINAL) -> str:
    """Return what the command shows on a terminal."""
    ours, its = os.openpty()
    process = started(*arguments, stdout=its, variables=variables)
    shown = _read_all(ours, its)
    _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, stderr) == (0, b"")
    return shown


def _read_all(ours: int, its: int) -> str:
    """Read a terminal until the command has let go of it."""
    os.close(its)
    shown = b"".join(_read(ours)).decode()
    os.close(ours)
    return shown


def _read(descriptor: int) -> Iterator[bytes]:
    """Yield what is written until the last writer is gone, which Linux reports as an error."""
    while True:
        try:
            chunk = os.read(descriptor, 65_536)
        except OSError:
            return
        if not chunk:
            return
        yield chunk


def test_a_terminal_is_shown_a_table_in_colours(snapshot: Path) -> None:
    shown = on_terminal(snapshot)
    assert "NIFTY  |  expiry 2026-01-27 (Tue)  |  2026-01-20 13:59:23 IST" in shown
    assert f"{ESCAPE}32m" in shown


def test_no_color_is_respected(snapshot: Path) -> None:
    shown = on_terminal(snapshot, variables=TERMINAL | {"NO_COLOR": "1"})
    assert "NIFTY  |  expiry 2026-01-27" in shown
    # Bold, dim and reverse are no colours.
    codes = {part.partition("m")[0] for part in shown.split(ESCAPE)[1:]}
    assert codes <= {"0", "1", "2", "7", "1;7"}


def test_a_table_that_goes_elsewhere_has_no_colours_and_all_columns(
    snapshot: Path, tmp_path: Path
) -> None:
    with (tmp_path / "table.txt").open("wb") as file:
        process = started(snapshot, "--format", "table", stdout=file.fileno())
    _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    table = (tmp_path / "table.txt").read_text(encoding="utf-8")
    assert (process.returncode, stderr) == (0, b"")
    assert ESCAPE not in table
    assert "no room" not in table
    assert all(heading in table for heading in ("Chg OI", "Feed IV", "Mid"))


def test_a_poor_terminal_is_spared_what_it_cannot_show(snapshot: Path) -> None:
    poor = {"PYTHONIOENCODING": "ascii"}
    process = started(snapshot, "--format", "table", stdout=subprocess.PIPE, variables=poor)
    stdout, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, stderr) == (0, b"")
    assert "24,600" in stdout.decode("ascii")


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path, form: str) -> None:
    # More than a pipe holds.
    path = nse_snapshot(strikes=201).write(tmp_path / "chain.json")
    process = started(path, "--format", form, "--strikes", "0", stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.stdout.close()
    _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, stderr) == (0, b"")


@pytest.mark.parametrize("output", [["--format", "json"], ["--format", "table", "--strikes", "1"]])
def test_a_full_disk_is_said_once_however_little_is_written(
    snapshot: Path, output: list[str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        process = started(snapshot, *output, stdout=full.fileno())
    _, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert stderr == b"deltastream enrich: stdout cannot be written (No space left on device)\n"
    assert process.returncode == 3


def test_a_file_that_is_no_snapshot_ends_it_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "chain.json"
    path.write_text("[]")
    process = started(path, stdout=subprocess.PIPE)
    stdout, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, stdout) == (2, b"")
    assert stderr.startswith(f"deltastream enrich: {path} is JSON and no NSE option chain".encode())


def test_output_in_a_pipe_is_json_lines(snapshot: Path) -> None:
    process = started(snapshot, stdout=subprocess.PIPE)
    stdout, stderr = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, stderr) == (0, b"")
    assert [chain.expiry for chain in messages(stdout.decode())] == ["2026-01-27"]


@pytest.mark.parametrize(("files", "shows_progress"), [(12, True), (2, False)])
def test_a_person_who_waits_for_many_files_sees_how_far_it_is(
    *, tmp_path: Path, files: int, shows_progress: bool
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for number in range(files):
        snapshot = nse_snapshot(seed=number, strikes=3, expiries=EXPIRIES[:1])
        snapshot.write(folder / f"{number}.json")
    ours, its = os.openpty()
    output = ("--output", tmp_path / "chains.jsonl")
    process = started(folder, *output, stdout=subprocess.DEVNULL, stderr=its, variables=TERMINAL)
    shown = _read_all(ours, its)
    assert process.wait(DEADLINE_SECONDS) == 0
    assert ("reading" in shown) is shows_progress


def test_the_other_commands_do_not_pay_for_it() -> None:
    imported = "import sys, deltastream.cli; print({'numpy', 'rich', 'google'} & {*sys.modules})"
    process = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", imported],
        env=environment(),
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    assert process.stdout == b"set()\n"


def test_help_shows_examples() -> None:
    process = started("--help", stdout=subprocess.PIPE)
    stdout, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 0
    assert b"deltastream enrich recordings/ --product NIFTY --expiry 2026-01-27" in stdout
