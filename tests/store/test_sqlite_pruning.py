"""Pruning a SQLite file: each part costs the same, and what it frees is used again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.store.market_events import candle, chain, published_at, quote, tick

from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.adapters.store.sqlite.pruning import prune
from deltastream.adapters.store.sqlite.thinning import thin_chains
from deltastream.adapters.store.sqlite.ticks import RUNS as TICK_RUNS
from deltastream.domain.half_days import HALF_DAY
from deltastream.ports.store import Kind

ROWS = 300
START = published_at(0)


class OneMicrosecondLater:
    """A clock that moves on a microsecond each time it is read."""

    def __init__(self) -> None:
        self._reads = 0

    def __call__(self) -> datetime:
        self._reads += 1
        return START + timedelta(microseconds=self._reads)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteMarketStore]:
    opened = await SqliteMarketStore.open(tmp_path / "market.db", clock=OneMicrosecondLater())
    yield opened
    await opened.close()


async def fill(store: SqliteMarketStore) -> None:
    """Store as many rows of each kind, of three products, one a microsecond."""
    numbers = range(1, ROWS + 1)
    await store.put_ticks([tick(number, product=f"P{number % 3}") for number in numbers])
    await store.put_quotes([quote(-number, sequence=number) for number in numbers])
    await store.put_chains(
        [chain(number, sequence=number, product=f"P{number % 3}") for number in numbers]
    )
    for number in numbers:
        await store.put_candles([candle(60 * number)])


PRUNING: dict[str, Callable[..., int]] = {kind: partial(prune, kind=kind) for kind in Kind}


async def steps_of_a_part(
    store: SqliteMarketStore, work: Callable[..., int], *, before: datetime, limit: int
) -> int:
    """Count the instructions that SQLite runs for a part, and undo it."""

    def counted(connection: sqlite3.Connection) -> int:
        steps = 0

        def one_more() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.execute("SAVEPOINT counted")
        connection.set_progress_handler(one_more, 1)
        try:
            assert work(connection, before=before, limit=limit) == limit
        finally:
            connection.set_progress_handler(None, 1)
            connection.execute("ROLLBACK TO counted")
            connection.execute("RELEASE counted")
        return steps

    return await store._database.write(counted)


@pytest.mark.parametrize("analyzed", [False, True])
async def test_a_part_costs_the_same_however_much_there_is_to_prune_and_to_keep(
    store: SqliteMarketStore, *, analyzed: bool
) -> None:
    await fill(store)
    if analyzed:
        await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
    for name, work in {**PRUNING, "thinning": thin_chains}.items():
        little = await steps_of_a_part(store, work, before=published_at(31), limit=10)
        much = await steps_of_a_part(store, work, before=published_at(ROWS), limit=10)
        assert much <= little * 1.2, name
        assert little <= 10 * 150, name


@pytest.mark.parametrize("analyzed", [False, True])
async def test_a_part_of_thinning_costs_the_same_however_many_closes_are_kept(
    store: SqliteMarketStore, *, analyzed: bool
) -> None:
    async def steps(closes: int, *, product: str) -> int:
        half_days = (
            chain(-number * HALF_DAY.total_seconds(), sequence=number, product=product)
            for number in range(1, closes + 1)
        )
        await store.put_chains(list(half_days))
        while await store.thin_chains(before=published_at(ROWS + 1), limit=50) == 50:
            pass
        await store.put_chains(
            [chain(number, sequence=ROWS + number, product=product) for number in range(1, 31)]
        )
        if analyzed:
            await store._database.write(lambda connection: connection.execute("ANALYZE").fetchall())
        cost = await steps_of_a_part(store, thin_chains, before=published_at(ROWS + 31), limit=10)
        # The next product is to be the only one.
        await store.prune(Kind.CHAINS, before=published_at(ROWS + 99), limit=10 * ROWS)
        return cost

    few, many = await steps(5, product="P1"), await steps(ROWS, product="P2")
    assert many <= few * 1.2


async def pragma(store: SqliteMarketStore, name: str) -> int:
    return await store._database.write(
        lambda connection: int(connection.execute(f"PRAGMA {name}").fetchone()[0])
    )


async def test_what_was_pruned_makes_room_for_what_comes(store: SqliteMarketStore) -> None:
    size = 300

    async def put(first: int) -> None:
        await store.put_chains(
            [chain(number, sequence=number) for number in range(first, first + size)]
        )
        await store.put_ticks([tick(number) for number in range(first, first + size)])

    await put(1)
    await put(1 + size)
    pages = await pragma(store, "page_count")
    for turn in range(2, 10):
        before = published_at(1 + (turn - 1) * size)
        for kind in (Kind.CHAINS, Kind.TICKS):
            assert await store.prune(kind, before=before, limit=10_000) == size
        await put(1 + turn * size)
    assert await pragma(store, "page_count") <= pages * 1.1


async def test_pruning_and_a_write_that_waits_share_a_commit(store: SqliteMarketStore) -> None:
    await store.put_ticks([tick(1)])
    async with asyncio.timeout(10):
        deleted, written = await asyncio.gather(
            store.prune(Kind.TICKS, before=published_at(2), limit=9), store.put_ticks([tick(2)])
        )
    assert (deleted, written.stored) == (1, 1)


class Interrupted(sqlite3.Connection):
    """Lets something happen between the first question and the next."""

    interruption: Callable[[], object] | None = None

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        answer = super().execute(sql, *arguments)
        if sql.startswith("SELECT") and self.interruption is not None:
            interruption, self.interruption = self.interruption, None
            interruption()
        return answer


async def test_a_run_is_of_one_state_although_it_is_pruned_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    store = await SqliteMarketStore.open(path)
    await store.put_ticks([tick(number) for number in (1, 2, 3)])
    await store.close()

    with (
        closing(sqlite3.connect(path, isolation_level=None)) as pruner,
        closing(sqlite3.connect(path, isolation_level=None, factory=Interrupted)) as reader,
    ):
        reader.interruption = partial(prune, pruner, Kind.TICKS, before=published_at(3), limit=9)
        run = TICK_RUNS.read(reader, "NIFTY", after=0, through=9, limit=9)
        again = TICK_RUNS.read(reader, "NIFTY", after=0, through=9, limit=9)
    assert ([each.sequence for each in run.events], run.complete) == ([1, 2, 3], True)
    assert ([each.sequence for each in again.events], again.complete) == ([3], False)


async def test_a_moment_without_a_zone_is_refused(store: SqliteMarketStore) -> None:
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(TypeError):
        await store.prune(Kind.TICKS, before=naive, limit=1)
