"""`deltastream restore`: what it puts where, what it keeps, what it refuses."""

import json
import shutil
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from tests.backup.conftest import DATABASES, TICKS, USER, auth_of, content, run
from tests.store.market_events import EVERYTHING, tick

from deltastream.adapters.store.choose import open_store
from deltastream.auth.keys import create_key, read_key
from deltastream.backup.manifest import Manifest
from deltastream.supervisor.instance import exclusive


async def written_since(data_dir: Path) -> None:
    """Go on with the mesh's work after a backup."""
    store = await open_store(f"sqlite:{data_dir / 'market.db'}")
    await store.put_ticks([tick(number) for number in range(1000, 1100)])
    await store.close()


async def ticks_in(database: Path) -> int:
    store = await open_store(f"sqlite:{database}")
    try:
        return len(await store.ticks("NIFTY", EVERYTHING))
    finally:
        await store.close()


def kept_of(data_dir: Path) -> dict[str, Path]:
    """Return what a restore kept, by the name it had."""
    return {path.name.partition(".replaced-")[0]: path for path in data_dir.rglob("*.replaced-*")}


def refused(backup: Path, data_dir: Path, *options: str) -> str:
    """Have a restore refused, and see that it changed nothing; return what was said."""
    before = content(data_dir)
    restored = run("restore", backup, *options, data_dir=data_dir)
    assert restored.exit_code == 2, restored.output
    assert content(data_dir) == before
    return restored.stderr


async def test_all_is_as_it_was_and_what_was_there_is_kept(data_dir: Path, backup: Path) -> None:
    as_backed_up = {entry.name: entry.sha256 for entry in Manifest.read(backup).files}
    await written_since(data_dir)
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    restored = content(data_dir)
    assert {name: sha256(restored[name]).hexdigest() for name in as_backed_up} == as_backed_up
    assert await ticks_in(data_dir / "market.db") == TICKS
    kept = kept_of(data_dir)
    assert {*DATABASES, "signing-key.pem"} <= {*kept}
    assert await ticks_in(kept["market.db"]) == TICKS + 100


def test_keys_and_accounts_are_restored_for_their_owner_alone(backup: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert run("restore", backup, data_dir=elsewhere).exit_code == 0
    private = [elsewhere / "users.db", *elsewhere.rglob("*.pem")]
    assert len(private) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_a_key_made_since_signs_no_more_but_is_kept(data_dir: Path, backup: Path) -> None:
    newer = data_dir / "signing-keys/20260201T000000Z-abcdef01.pem"
    create_key(newer)
    kid = read_key(newer).kid
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    assert not newer.exists()
    assert read_key(kept_of(data_dir)[newer.name]).kid == kid


def test_keys_stay_as_they_are_where_that_is_asked(data_dir: Path, backup: Path) -> None:
    (data_dir / "signing-key.pem").unlink()
    create_key(data_dir / "signing-key.pem")
    keys = {name: text for name, text in content(data_dir).items() if name.startswith("signing")}
    assert run("restore", backup, "--without-keys", data_dir=data_dir).exit_code == 0
    assert content(data_dir).items() >= keys.items()
    assert not [name for name in kept_of(data_dir) if name.endswith(".pem")]


async def test_a_restored_user_logs_in(backup: Path, tmp_path: Path) -> None:
    assert run("restore", backup, data_dir=tmp_path / "elsewhere").exit_code == 0
    async with auth_of(tmp_path / "elsewhere") as auth:
        assert (await auth.log_in(USER)).token


async def test_a_damaged_database_is_replaced_and_kept_with_its_log(
    data_dir: Path, backup: Path
) -> None:
    market = data_dir / "market.db"
    market.write_bytes(damaged := b"no database" * 4096)
    market.with_name("market.db-wal").write_bytes(b"its log")
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    assert not market.with_name("market.db-wal").exists()
    assert await ticks_in(market) == TICKS
    kept = {name: text for name, text in content(data_dir).items() if "replaced" in name}
    (name,) = [name for name, text in kept.items() if text == damaged]
    assert kept[f"{name}-wal"] == b"its log"


async def test_a_log_of_which_the_database_is_gone_is_not_applied_to_what_is_restored(
    data_dir: Path, backup: Path
) -> None:
    market, log = data_dir / "market.db", data_dir / "market.db-wal"
    store = await open_store(f"sqlite:{market}")
    await store.put_ticks([tick(2000)])
    written = log.read_bytes()
    await store.close()
    market.unlink()
    log.write_bytes(written)
    assert run("restore", backup, data_dir=data_dir).exit_code == 0
    assert await ticks_in(market) == TICKS
    (kept,) = [text for name, text in content(data_dir).items() if name.endswith("-wal")]
    assert kept == written


def test_a_mesh_that_runs_is_left_alone(data_dir: Path, backup: Path) -> None:
    with exclusive(data_dir):
        assert "a mesh already runs in" in refused(backup, data_dir)


async def test_a_role_that_runs_alone_is_left_alone(data_dir: Path, backup: Path) -> None:
    store = await open_store(f"sqlite:{data_dir / 'market.db'}")
    await store.put_ticks([tick(2000)])
    said = run("restore", backup, data_dir=data_dir)
    assert said.exit_code == 2
    assert "a process has the database" in said.stderr
    assert len(await store.ticks("NIFTY", EVERYTHING)) == TICKS + 1
    await store.close()
    assert not kept_of(data_dir)


@pytest.mark.parametrize("place", [0, 0.3, 0.999])
def test_a_backup_of_which_one_byte_is_other_is_refused(
    data_dir: Path, backup: Path, place: float
) -> None:
    for name, text in content(backup).items():
        changed = bytearray(text)
        changed[int(len(text) * place)] ^= 0x20
        (backup / name).write_bytes(changed)
        assert "damaged" in refused(backup, data_dir), name
        (backup / name).write_bytes(text)
    assert run("restore", backup, data_dir=data_dir).exit_code == 0


@pytest.mark.parametrize("name", ["manifest.json", "manifest.json.sha256", "users.db"])
def test_a_backup_that_lacks_a_file_is_refused(data_dir: Path, backup: Path, name: str) -> None:
    (backup / name).unlink()
    assert name in refused(backup, data_dir)


def test_a_folder_that_is_no_backup_is_refused(data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir, tmp_path / "copy")
    assert "is no backup" in refused(tmp_path / "copy", data_dir)


def rewritten(backup: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Rewrite a manifest as another program would have written it."""
    manifest = json.loads((backup / "manifest.json").read_text())
    change(manifest)
    text = json.dumps(manifest).encode()
    (backup / "manifest.json").write_bytes(text)
    line = f"{sha256(text).hexdigest()}  manifest.json\n"
    (backup / "manifest.json.sha256").write_text(line)


def test_what_a_newer_program_wrote_is_refused(data_dir: Path, backup: Path) -> None:
    def newer_schema(manifest: dict[str, object]) -> None:
        manifest["files"][0]["database"]["version"] += 1  # type: ignore[index]

    def newer_format(manifest: dict[str, object]) -> None:
        manifest["format"] = 2

    rewritten(backup, newer_schema)
    assert "newer than this program; upgrade first" in refused(backup, data_dir)
    rewritten(backup, newer_format)
    assert "a newer version of this program" in refused(backup, data_dir)


@pytest.mark.parametrize("name", ["../escaped.pem", "signing-keys/../../escaped.pem", "other.db"])
def test_a_file_that_belongs_nowhere_is_refused(data_dir: Path, backup: Path, name: str) -> None:
    def renamed(manifest: dict[str, object]) -> None:
        manifest["files"][-1]["name"] = name  # type: ignore[index]

    rewritten(backup, renamed)
    assert "does not know what" in refused(backup, data_dir)


def test_a_database_on_a_server_is_not_replaced_by_a_file(
    data_dir: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELTASTREAM_STORE_URL", "mongodb://ada:secret@db.example/market")
    said = refused(backup, data_dir)
    assert "DELTASTREAM_STORE_URL says that what market.db holds is kept elsewhere" in said
    assert "secret" not in said
