"""The user database's file is for this user alone."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.users.test_sessions import SESSION
from tests.users.test_users import ADA

from deltastream.adapters.users.choose import open_users
from deltastream.adapters.users.sqlite.schema import USERS_SCHEMA
from deltastream.adapters.users.sqlite.user_database import SqliteUserDatabase
from deltastream.domain.errors import DependencyUnavailableError


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_only_this_user_reads_the_files(tmp_path: Path) -> None:
    database = await open_users(f"sqlite:{tmp_path / 'users.db'}")
    await database.users.add(ADA)
    assert modes(tmp_path) == {
        "users.db": 0o600,
        "users.db-wal": 0o600,
        "users.db-shm": 0o600,
    }
    await database.close()


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    await (await open_users(f"sqlite:{path}")).close()
    path.chmod(0o644)
    await (await open_users(f"sqlite:{path}")).close()
    assert modes(tmp_path) == {"users.db": 0o600}


async def test_a_locked_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    database = await SqliteUserDatabase.open(path, busy_timeout=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DependencyUnavailableError) as caught:
            await database.users.add(ADA)
        intruder.execute("ROLLBACK")
    assert caught.value.metadata == {"dependency": "user store"}
    await database.users.add(ADA)
    assert await database.users.by_id(ADA.id) == ADA
    await database.close()


@pytest.mark.parametrize("url", ["oracle:users", "users.db"])
async def test_a_scheme_that_is_not_known_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"known are: mongodb, mongodb\+srv, sqlite"):
        await open_users(url)


VERSION_1 = """
    CREATE TABLE users (
        id TEXT NOT NULL PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        password_hash BLOB NOT NULL
    )
"""


async def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    row = (ADA.id, ADA.email, ADA.name, '["reader", "admin"]', 1769139900123456, ADA.password_hash)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute(VERSION_1)
        old.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)", row)
        old.execute("PRAGMA application_id = 0x44535553")
        old.execute("PRAGMA user_version = 1")
    database = await open_users(f"sqlite:{path}")
    assert await database.users.by_email(ADA.email) == ADA
    await database.sessions.add(SESSION, most=50)
    assert await database.sessions.by_id(SESSION.id) == SESSION
    await database.close()
    with closing(sqlite3.connect(path)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (len(USERS_SCHEMA.migrations),)


def test_the_first_version_is_as_it_was_released() -> None:
    (statement,) = USERS_SCHEMA.migrations[0]
    assert statement.split() == VERSION_1.split()
