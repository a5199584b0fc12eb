"""Who backs up or restores may be killed at any point."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.backup.conftest import DATABASES, content, run

from deltastream.backup import taking
from deltastream.backup.manifest import Manifest

KILLED = Path(__file__).with_name("killed.py")
SECONDS = 50.0
HEADER = 100


def kill(command: str, data_dir: Path, folder: Path, *, at: str) -> None:
    """Run a command in a process that is killed at a point of it."""
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, KILLED, command, data_dir, folder, at],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def without_header(name: str, text: bytes) -> bytes:
    """Return a database without the bytes that say how it is written to; any other file whole."""
    return text[HEADER:] if name in DATABASES else text


def pages(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: without_header(name, text) for name, text in files.items()}


def ticks_in(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM ticks").fetchone()
        return int(number)


@pytest.mark.parametrize(
    "point",
    ["deltastream.backup.taking:sha256_of*0", "deltastream.backup.taking:synced*0"],
    ids=["while it copies", "before it gets its name"],
)
def test_a_killed_backup_leaves_nothing_that_looks_like_one(
    data_dir: Path, tmp_path: Path, point: str
) -> None:
    folder = tmp_path / "backups" / "monday"
    kill("backup", data_dir, folder, at=point)
    (left,) = folder.parent.iterdir()
    assert left.name.startswith(".monday.unfinished-")
    assert run("backup", folder, data_dir=data_dir).exit_code == 0
    assert run("restore", folder, data_dir=tmp_path / "elsewhere").exit_code == 0


def test_a_backup_that_is_interrupted_leaves_nothing(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Path) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(taking, "sha256_of", interrupted)
    (tmp_path / "backups").mkdir()
    assert run("backup", tmp_path / "backups/monday", data_dir=data_dir).exit_code == 1
    assert not [*(tmp_path / "backups").iterdir()]


def change_something(data_dir: Path) -> dict[str, bytes]:
    """Change a database after its backup; return all there is."""
    with closing(sqlite3.connect(data_dir / "market.db")) as connection, connection:
        connection.execute("DELETE FROM ticks")
    return content(data_dir)


@pytest.mark.parametrize(
    "point",
    ["deltastream.backup.restoring:copy_file*2", "pathlib:Path.hardlink_to*2"],
    ids=["while it copies", "while it keeps what was there"],
)
def test_a_killed_restore_leaves_the_old_data(data_dir: Path, backup: Path, point: str) -> None:
    before = pages(change_something(data_dir))
    kill("restore", data_dir, backup, at=point)
    after = pages(content(data_dir))
    assert {name: after[name] for name in before} == before
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    assert ticks_in(data_dir / "market.db") > 0


def test_a_restore_killed_while_files_take_their_places_leaves_each_whole_and_the_old_ones_too(
    data_dir: Path, backup: Path
) -> None:
    before = change_something(data_dir)
    kill("restore", data_dir, backup, at="pathlib:Path.replace*1")
    after = content(data_dir)
    kept = {name.partition(".replaced-")[0]: text for name, text in after.items() if "repl" in name}
    assert pages(kept) == pages(before)
    backed_up = {
        each.name: (backup / each.name).read_bytes() for each in Manifest.read(backup).files
    }
    assert after["market.db"] == backed_up["market.db"]
    others = pages({name: after[name] for name in before if name != "market.db"})
    assert others.items() <= pages(before).items()
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    restored = content(data_dir)
    assert {name: restored[name] for name in backed_up} == backed_up
    assert not [name for name in restored if "restoring" in name]
