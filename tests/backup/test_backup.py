"""`deltastream backup`: what it copies, what it says, what it refuses."""

import json
import stat
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.backup.conftest import DATABASES, KEYS, TICKS, content, run

from deltastream.auth.keys import create_key
from deltastream.backup.manifest import Manifest

# See https://www.sqlite.org/fileformat.html.
PAGE = 4096
LEAF_OF_A_TABLE = 0x0D
FRAGMENTED_BYTES = 7


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_all_that_must_last_is_copied_and_counted(backup: Path) -> None:
    manifest = Manifest.read(backup)
    names = [entry.name for entry in manifest.files]
    assert names[:4] == [*DATABASES, "signing-key.pem"]
    assert [name.partition("/")[0] for name in names[4:]] == ["signing-keys"]
    market, users = (entry.database for entry in manifest.files[:2])
    assert market is not None
    assert users is not None
    assert market.rows["ticks"] == TICKS
    assert users.rows["users"] == 1
    assert manifest.program == version("deltastream")
    assert {*content(backup)} == {*names, "manifest.json", "manifest.json.sha256"}


def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert mode(backup) == mode(backup / "signing-keys") == 0o700
    assert {mode(backup / entry.name) for entry in Manifest.read(backup).files} == {0o600}


def test_it_is_said_loudly_that_keys_are_in_it(data_dir: Path, tmp_path: Path) -> None:
    made = run("backup", tmp_path / "with", data_dir=data_dir)
    assert "PRIVATE SIGNING KEYS" in made.stderr
    without = run("backup", tmp_path / "without", "--without-keys", data_dir=data_dir)
    assert without.exit_code == 0
    assert "KEYS" not in without.stderr
    assert not [name for name in content(tmp_path / "without") if name.startswith(KEYS)]


def test_a_backup_changes_nothing_in_the_mesh(data_dir: Path, tmp_path: Path) -> None:
    before = content(data_dir)
    assert run("backup", tmp_path / "backup", data_dir=data_dir).exit_code == 0
    assert content(data_dir) == before


def test_nothing_is_overwritten(data_dir: Path, backup: Path) -> None:
    before = content(backup)
    again = run("backup", backup, data_dir=data_dir)
    assert again.exit_code == 2
    assert "exists; name a folder that does not" in again.stderr
    assert content(backup) == before


def refused(data_dir: Path, folder: Path) -> str:
    """Have a backup refused, and see that nothing is left of it; return what was said."""
    made = run("backup", folder, data_dir=data_dir)
    assert made.exit_code == 2, made.output
    assert not [*folder.parent.glob(f"*{folder.name}*")]
    return made.stderr


def test_where_nothing_is_there_is_no_backup(tmp_path: Path) -> None:
    assert "nothing to copy in that data directory" in refused(
        tmp_path / "empty", tmp_path / "backup"
    )
    assert not (tmp_path / "empty").exists()


def lose_half(database: bytearray) -> None:
    half = len(database) // 2
    database[half:] = bytes(len(database) - half)


def miscount_a_page(database: bytearray) -> None:
    """Change a number in a page of rows that reading the rows does not look at."""
    page = next(at for at in range(PAGE, len(database), PAGE) if database[at] == LEAF_OF_A_TABLE)
    database[page + FRAGMENTED_BYTES] += 5


@pytest.mark.parametrize("damage", [lose_half, miscount_a_page])
def test_a_damaged_database_is_no_backup(
    data_dir: Path, tmp_path: Path, damage: Callable[[bytearray], None]
) -> None:
    market = data_dir / "market.db"
    damaged = bytearray(market.read_bytes())
    damage(damaged)
    market.write_bytes(damaged)
    assert f"cannot copy the database {market}" in refused(data_dir, tmp_path / "backup")


def test_the_database_of_something_else_is_no_backup(data_dir: Path, tmp_path: Path) -> None:
    (data_dir / "users.db").replace(data_dir / "market.db")
    said = refused(data_dir, tmp_path / "backup")
    assert "market.db is the database of something else" in said


def test_what_is_no_key_is_no_backup(data_dir: Path, tmp_path: Path) -> None:
    (data_dir / "signing-key.pem").write_text("no key")
    assert "signing-key.pem cannot be used" in refused(data_dir, tmp_path / "backup")


def test_a_key_that_the_operator_gives_is_copied(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given.pem"
    create_key(given)
    monkeypatch.setenv("DELTASTREAM_SIGNING_KEY_FILE", str(given))
    assert run("backup", tmp_path / "backup", data_dir=data_dir).exit_code == 0
    assert (tmp_path / "backup/signing-key.pem").read_bytes() == given.read_bytes()


def test_of_a_database_on_a_server_it_is_said_what_to_do_instead(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELTASTREAM_STORE_URL", "mongodb://ada:secret@db.example/market")
    made = run("backup", tmp_path / "backup", data_dir=data_dir)
    assert made.exit_code == 0
    assert 'mongodump --uri="$DELTASTREAM_STORE_URL" --gzip --archive=market' in made.stderr
    assert "secret" not in made.output
    manifest = json.loads((tmp_path / "backup/manifest.json").read_text())
    assert manifest["elsewhere"] == {"store": "mongodb"}
    assert "secret" not in str(manifest)
    assert "market.db" not in content(tmp_path / "backup")
    restored = run("restore", tmp_path / "backup", data_dir=tmp_path / "elsewhere")
    assert 'mongorestore --uri="$DELTASTREAM_STORE_URL"' in restored.stderr
