"""Opening a database file: its place, its version, and what is said when it cannot be used."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.store.market_events import EVERYTHING, tick

from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.adapters.sqlite.migrations import Schema, migrate
from deltastream.adapters.store.choose import open_store
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.adapters.store.sqlite.schema import MARKET_SCHEMA
from deltastream.adapters.users.choose import open_users


def pragma(path: Path, name: str) -> Any:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def files_of(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@pytest.mark.parametrize("form", ["sqlite:{}", "sqlite://{}"])
async def test_a_url_is_the_scheme_and_an_absolute_path(tmp_path: Path, form: str) -> None:
    path = tmp_path / "market 1%20.db"
    await (await open_store(form.format(path))).close()
    assert path.is_file()


async def test_a_path_may_be_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_store("sqlite:data/market.db")).close()
    assert (tmp_path / "data" / "market.db").is_file()


async def test_a_path_may_begin_at_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    await (await open_store("sqlite:~/market.db")).close()
    assert (tmp_path / "market.db").is_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle:market", "starts with one of .*sqlite"),
        ("market.db", "starts with one of .*sqlite"),
        ("", "starts with one of .*sqlite"),
        ("sqlite:", "write sqlite:PATH"),
        ("sqlite:///", "write sqlite:PATH"),
        ("sqlite::memory:", "would forget everything"),
        ("sqlite://market.db", "write sqlite:market.db or sqlite:///market.db"),
    ],
)
async def test_a_url_that_names_no_database_is_refused(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        await open_store(url)


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "market.db"
    await (await open_store(f"sqlite:{path}")).close()
    assert path.is_file()


async def test_a_path_that_cannot_be_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for path in (tmp_path, tmp_path / "file" / "market.db"):
        with pytest.raises(DatabaseUnusableError) as caught:
            await open_store(f"sqlite:{path}")
        assert str(path) in str(caught.value)
        assert "give the path of a file that this user may write" in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
async def test_a_file_that_may_not_be_written_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    await (await open_store(f"sqlite:{path}")).close()
    path.chmod(0o400)
    with pytest.raises(DatabaseUnusableError, match="that this user may write"):
        await open_store(f"sqlite:{path}")


async def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no database at all, but a text of some length\n" * 100)
    with pytest.raises(DatabaseUnusableError, match="file is not a database"):
        await open_store(f"sqlite:{text}")
    assert text.read_text().startswith("no database")

    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(DatabaseUnusableError, match="the database of something else"):
        await open_store(f"sqlite:{foreign}")
    assert pragma(foreign, "user_version") == 0


async def test_the_users_are_no_market_database(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    await (await open_users(f"sqlite:{path}")).close()
    with pytest.raises(DatabaseUnusableError, match="the database of something else"):
        await open_store(f"sqlite:{path}")


async def test_a_new_file_is_durable_and_of_the_present_version(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    store = await open_store(f"sqlite:{path}")
    assert pragma(path, "journal_mode") == "wal"
    assert pragma(path, "user_version") == len(MARKET_SCHEMA.migrations)
    settings = {
        name: await store._database.write(  # type: ignore[attr-defined]
            lambda connection, name=name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        )
        for name in ("synchronous", "foreign_keys")
    }
    await store.close()
    full = 2
    assert settings == {"synchronous": full, "foreign_keys": 1}


async def test_nothing_but_the_database_is_left_after_closing(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:{tmp_path / 'market.db'}")
    await store.put_ticks([tick(1)])
    await store.close()
    assert files_of(tmp_path) == ["market.db"]


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    await (await open_store(f"sqlite:{path}")).close()
    newer = len(MARKET_SCHEMA.migrations) + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newer}")
    with pytest.raises(DatabaseUnusableError, match=f"its schema is {newer}.*upgrade"):
        await open_store(f"sqlite:{path}")
    assert pragma(path, "user_version") == newer


async def test_a_new_file_may_be_opened_by_several_at_once(tmp_path: Path) -> None:
    async with asyncio.timeout(40):
        for number in range(12):
            url = f"sqlite:{tmp_path / f'{number}.db'}"
            stores = await asyncio.gather(*(open_store(url) for _ in range(3)))
            await stores[0].put_ticks([tick(1)])
            assert await stores[2].ticks("NIFTY", EVERYTHING) == [tick(1)]
            for store in stores:
                await store.close()


async def test_a_file_that_another_program_holds_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnusableError, match="another program holds it"):
            await SqliteMarketStore.open(path, busy_timeout=0.05)
        holder.execute("ROLLBACK")
    await (await open_store(f"sqlite:{path}")).close()


STEPS = (("CREATE TABLE first (x)",), ("ALTER TABLE first ADD COLUMN y", "CREATE TABLE second (x)"))


def tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master ORDER BY name")
    return [name for (name,) in rows]


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_an_older_database_gets_the_steps_it_has_not_seen() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, Schema(application_id=7, migrations=STEPS[:1]))
        connection.execute("INSERT INTO first VALUES ('kept')")
        for _ in range(2):
            migrate(connection, Schema(application_id=7, migrations=STEPS))
            assert version(connection) == 2
        assert tables(connection) == ["first", "second"]
        assert connection.execute("SELECT x, y FROM first").fetchall() == [("kept", None)]


def test_a_step_that_fails_leaves_the_database_as_it_was() -> None:
    broken = (*STEPS[1], "CREATE TABLE")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, Schema(application_id=7, migrations=STEPS[:1]))
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, Schema(application_id=7, migrations=(STEPS[0], broken)))
        assert not connection.in_transaction
        assert version(connection) == 1
        assert tables(connection) == ["first"]
