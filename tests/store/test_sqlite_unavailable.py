"""When the database does not answer, callers are told to try again; when it does, it serves."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.held_writer import thread_of
from tests.store.market_events import EVERYTHING, chain, tick

from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.domain.errors import DependencyFullError, DependencyUnavailableError
from deltastream.ports.store import Window, Written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "market.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(path, busy_timeout=0.05)
    yield opened
    await opened.close()


def damage_all_but_the_first_page(path: Path) -> None:
    page = 4096
    with path.open("r+b") as file:
        file.seek(page)
        file.write(b"\xff" * (path.stat().st_size - page))


async def test_a_locked_database_is_unavailable_until_it_is_released(
    store: SqliteMarketStore, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            answers = await asyncio.gather(
                *(store.put_ticks([tick(number)]) for number in range(3)), return_exceptions=True
            )
            assert await store.ticks("NIFTY", EVERYTHING) == []
        intruder.execute("ROLLBACK")
    for answer in answers:
        assert type(answer) is DependencyUnavailableError
        assert answer.metadata == {"dependency": "store"}
    assert await store.put_ticks([tick(1)]) == Written(stored=1, unchanged=0)


async def test_a_full_disk_is_told_from_one_that_is_away_and_loses_nothing_acknowledged(
    store: SqliteMarketStore,
) -> None:
    await store.put_chains([chain(0, sequence=1)])
    thread = thread_of(store)
    pages = await asyncio.wrap_future(
        thread.run(lambda writer: writer.execute("PRAGMA page_count").fetchone()[0])
    )
    thread.run(lambda writer: writer.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    batch = [chain(seconds, sequence=2) for seconds in range(1, 200)]
    with pytest.raises(DependencyFullError, match="store has no room left"):
        await store.put_chains(batch)
    assert len(await store.chains("NIFTY", None, EVERYTHING, with_legs=True)) == 1

    thread.run(lambda writer: writer.execute("PRAGMA max_page_count = 1000000").fetchone())
    assert await store.put_chains(batch) == Written(stored=199, unchanged=0)


async def test_a_closed_store_is_unavailable(path: Path) -> None:
    store = await SqliteMarketStore.open(path)
    await store.close()
    await store.close()
    with pytest.raises(DependencyUnavailableError):
        await store.put_ticks([tick(1)])
    with pytest.raises(DependencyUnavailableError):
        await store.ticks("NIFTY", EVERYTHING)
    with pytest.raises(DependencyUnavailableError):
        await store.ping()


async def test_a_ping_is_answered_while_another_writes(
    store: SqliteMarketStore, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(5):
            await store.ping()
        intruder.execute("ROLLBACK")


async def test_a_damaged_file_is_unavailable(store: SqliteMarketStore, path: Path) -> None:
    await store.put_ticks([tick(number) for number in range(5000)])
    await store.close()
    damaged = await SqliteMarketStore.open(path)
    damage_all_but_the_first_page(path)
    with pytest.raises(DependencyUnavailableError):
        await damaged.ticks("NIFTY", Window(limit=5000))
    await damaged.close()


async def test_a_mistake_of_ours_is_not_blamed_on_the_database(store: SqliteMarketStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await store._database.read(lambda connection: connection.execute("SELECT * FROM absent"))


async def test_more_reads_than_connections_wait_their_turn(store: SqliteMarketStore) -> None:
    await store.put_ticks([tick(number) for number in range(50)])
    async with asyncio.timeout(10):
        listed = await asyncio.gather(*(store.ticks("NIFTY", EVERYTHING) for _ in range(40)))
    assert [len(each) for each in listed] == [50] * 40


async def test_a_cancelled_read_gives_its_connection_back(store: SqliteMarketStore) -> None:
    await store.put_ticks([tick(1)])
    for _ in range(20):
        reads = [asyncio.create_task(store.ticks("NIFTY", EVERYTHING)) for _ in range(6)]
        await asyncio.sleep(0)
        for read in reads:
            read.cancel()
        await asyncio.wait(reads, timeout=10)
    async with asyncio.timeout(10):
        assert await store.ticks("NIFTY", EVERYTHING) == [tick(1)]


async def test_closing_answers_every_read(path: Path) -> None:
    store = await SqliteMarketStore.open(path)
    reads = [asyncio.create_task(store.ticks("NIFTY", EVERYTHING)) for _ in range(40)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await store.close()
        answers = await asyncio.gather(*reads, return_exceptions=True)
    assert answers[0] == []
    assert all(each == [] or isinstance(each, DependencyUnavailableError) for each in answers)
    assert isinstance(answers[-1], DependencyUnavailableError)
