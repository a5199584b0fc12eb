"""Writes that wait together are committed together, and each keeps its own answer."""

import asyncio
import math
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tests.store.held_writer import held, thread_of, until, waiting
from tests.store.market_events import EVERYTHING, chain, tick

from deltastream.adapters.sqlite.group_commit import Job, commit_together
from deltastream.adapters.sqlite.writer import WAITING_WRITES
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.domain.errors import DependencyUnavailableError, InvalidValueError
from deltastream.ports.store import Written

STORED = Written(stored=1, unchanged=0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(tmp_path / "market.db")
    yield opened
    await opened.close()


async def sequences(store: SqliteMarketStore) -> list[int]:
    return sorted(each.sequence for each in await store.ticks("NIFTY", EVERYTHING))


async def test_writes_that_wait_together_share_one_transaction(store: SqliteMarketStore) -> None:
    statements: list[str] = []
    thread_of(store).run(lambda writer: writer.set_trace_callback(statements.append))
    with held(store):
        writes = [asyncio.create_task(store.put_ticks([tick(number)])) for number in range(40)]
        await until(lambda: waiting(store) == len(writes))
    async with asyncio.timeout(10):
        assert await asyncio.gather(*writes) == [STORED] * 40
    assert statements.count("BEGIN IMMEDIATE") == 1
    assert statements.count("COMMIT") == 1
    assert await sequences(store) == list(range(40))


async def test_a_write_that_fails_leaves_its_neighbours_alone(store: SqliteMarketStore) -> None:
    bad = [tick(2), tick(3, price=math.nan), tick(4)]
    with held(store):
        writes = [
            asyncio.create_task(store.put_ticks(ticks)) for ticks in ([tick(1)], bad, [tick(5)])
        ]
        await until(lambda: waiting(store) == len(writes))
    async with asyncio.timeout(10):
        first, failed, last = await asyncio.gather(*writes, return_exceptions=True)
    assert (first, last) == (STORED, STORED)
    assert isinstance(failed, InvalidValueError)
    assert (failed.field, failed.problem) == ("price", "must be stated")
    assert await sequences(store) == [1, 5]


async def test_a_sequence_beyond_64_bits_is_refused(store: SqliteMarketStore) -> None:
    with pytest.raises(InvalidValueError, match=r"sequence: must be below 2\^63"):
        await store.put_chains([chain(0, sequence=1), chain(1, sequence=2**63)])
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []
    assert await store.expiries("NIFTY") == []


async def test_a_write_that_was_begun_goes_on_without_its_caller(
    store: SqliteMarketStore,
) -> None:
    with held(store):
        abandoned = asyncio.create_task(store.put_ticks([tick(1)]))
        other = asyncio.create_task(store.put_ticks([tick(2)]))
        await until(lambda: waiting(store) == 2)
        abandoned.cancel()
        await asyncio.wait([abandoned], timeout=10)
        assert abandoned.cancelled()
    async with asyncio.timeout(10):
        assert await other == STORED
        assert await store.put_ticks([tick(3)]) == STORED
    assert await sequences(store) == [1, 2, 3]


async def test_a_full_writer_makes_callers_wait_in_order(store: SqliteMarketStore) -> None:
    with held(store):
        writes = [
            asyncio.create_task(store.put_ticks([tick(number)]))
            for number in range(WAITING_WRITES + 3)
        ]
        await until(lambda: waiting(store) == WAITING_WRITES)
        for _ in range(10):
            await asyncio.sleep(0)
        assert waiting(store) == WAITING_WRITES
        without_place = writes[-2]
        without_place.cancel()
        await asyncio.wait([without_place], timeout=10)
    async with asyncio.timeout(10):
        answers = await asyncio.gather(*writes, return_exceptions=True)
    assert [each for each in answers if each == STORED] == [STORED] * (WAITING_WRITES + 2)
    stored = await sequences(store)
    assert WAITING_WRITES + 1 not in stored
    assert len(stored) == WAITING_WRITES + 2


async def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    store = await SqliteMarketStore.open(tmp_path / "market.db")
    with held(store):
        writes = [asyncio.create_task(store.put_ticks([tick(number)])) for number in range(10)]
        await until(lambda: waiting(store) == len(writes))
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        assert await asyncio.gather(*writes) == [STORED] * 10
        await closing
    reopened = await SqliteMarketStore.open(tmp_path / "market.db")
    assert await sequences(reopened) == list(range(10))
    await reopened.close()


async def test_closing_turns_away_those_without_a_place(tmp_path: Path) -> None:
    store = await SqliteMarketStore.open(tmp_path / "market.db")
    with held(store):
        writes = [
            asyncio.create_task(store.put_ticks([tick(number)]))
            for number in range(WAITING_WRITES + 5)
        ]
        await until(lambda: waiting(store) == WAITING_WRITES)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        answers = await asyncio.gather(*writes, return_exceptions=True)
        await closing
    assert answers[:WAITING_WRITES] == [STORED] * WAITING_WRITES
    assert all(isinstance(each, DependencyUnavailableError) for each in answers[WAITING_WRITES:])


def failing(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO kept VALUES ('of the failing one')")
    raise ArithmeticError("mine")


def given_up(connection: sqlite3.Connection) -> None:
    """Do as SQLite may when the disk is full: end the whole transaction."""
    connection.execute("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def kept(connection: sqlite3.Connection) -> int:
    connection.execute("INSERT INTO kept VALUES ('kept')")
    return 7


def orphan(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO child VALUES (1)")


@pytest.fixture
def connection() -> sqlite3.Connection:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    opened.execute("PRAGMA foreign_keys = ON")
    opened.execute("CREATE TABLE kept (text TEXT)")
    opened.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    opened.execute(
        "CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
    )
    return opened


def rows(connection: sqlite3.Connection) -> list[tuple[str]]:
    return connection.execute("SELECT text FROM kept").fetchall()


def test_each_job_has_its_own_outcome(connection: sqlite3.Connection) -> None:
    jobs = [Job(kept), Job(failing), Job(kept)]
    commit_together(connection, jobs)
    assert [jobs[0].outcome.result(0), jobs[2].outcome.result(0)] == [7, 7]
    assert isinstance(jobs[1].outcome.exception(0), ArithmeticError)
    assert rows(connection) == [("kept",), ("kept",)]


@pytest.mark.parametrize(
    ("work", "error"),
    [(given_up, sqlite3.OperationalError), (orphan, sqlite3.IntegrityError)],
    ids=["the transaction is given up", "the commit fails"],
)
def test_all_jobs_fail_with_their_transaction(
    connection: sqlite3.Connection,
    work: Callable[[sqlite3.Connection], None],
    error: type[Exception],
) -> None:
    jobs = [Job(kept), Job(work), Job(kept)]
    commit_together(connection, jobs)
    assert all(isinstance(job.outcome.exception(0), error) for job in jobs)
    assert not connection.in_transaction
    assert rows(connection) == []
    again = Job(kept)
    commit_together(connection, [again])
    assert again.outcome.result(0) == 7


def test_a_job_that_was_cancelled_is_not_done(connection: sqlite3.Connection) -> None:
    jobs = [Job(kept), Job(kept)]
    jobs[0].outcome.cancel()
    commit_together(connection, jobs)
    assert jobs[1].outcome.result(0) == 7
    assert rows(connection) == [("kept",)]
