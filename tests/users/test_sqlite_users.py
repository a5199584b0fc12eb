"""The user database's file is for this user alone."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.users.test_users import ADA

from deltastream.adapters.users.choose import open_users
from deltastream.adapters.users.sqlite import SqliteUserStore
from deltastream.domain.errors import DependencyUnavailableError


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_only_this_user_reads_the_files(tmp_path: Path) -> None:
    users = await open_users(f"sqlite:{tmp_path / 'users.db'}")
    await users.add(ADA)
    assert modes(tmp_path) == {
        "users.db": 0o600,
        "users.db-wal": 0o600,
        "users.db-shm": 0o600,
    }
    await users.close()


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    await (await open_users(f"sqlite:{path}")).close()
    path.chmod(0o644)
    await (await open_users(f"sqlite:{path}")).close()
    assert modes(tmp_path) == {"users.db": 0o600}


async def test_a_locked_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    users = await SqliteUserStore.open(path, busy_timeout=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DependencyUnavailableError) as caught:
            await users.add(ADA)
        intruder.execute("ROLLBACK")
    assert caught.value.metadata == {"dependency": "user store"}
    await users.add(ADA)
    assert await users.by_id(ADA.id) == ADA
    await users.close()


@pytest.mark.parametrize("url", ["oracle:users", "users.db"])
async def test_a_scheme_that_is_not_known_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="known are: sqlite"):
        await open_users(url)
