"""Two processes have one file open for a while, as when one takes over from the other."""

import asyncio
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from tests.store.acknowledging_writer import SIZE
from tests.store.market_events import EVERYTHING, published_at, tick

from deltastream.adapters.store.choose import open_store
from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.ports.store import Kind, Window

WRITER = Path(__file__).with_name("acknowledging_writer.py")
ALL = Window(limit=1_000_000)
# Processes start one after the other, and wait for one another.
pytestmark = pytest.mark.timeout(120)
FAR_APART = 1_000_000


@asynccontextmanager
async def writing(url: str, first: int) -> AsyncIterator[Process]:
    """Let a process write until the block is left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WRITER),
        url,
        str(first),
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def acknowledged_by(process: Process, count: int) -> set[int]:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return {int(await process.stdout.readline()) for _ in range(count)}


async def stop(process: Process) -> set[int]:
    """Kill a process, and return what it had still acknowledged."""
    assert process.stdout is not None
    process.kill()
    async with asyncio.timeout(30):
        return {int(line) for line in (await process.stdout.read()).splitlines()}


async def ticks_in(url: str) -> set[int]:
    store = await open_store(url)
    listed = {each.sequence for each in await store.ticks("NIFTY", ALL)}
    await store.close()
    return listed


def ticks_of(batches: set[int]) -> set[int]:
    return {batch * SIZE + offset for batch in batches for offset in range(SIZE)}


async def test_both_write_and_all_that_either_acknowledged_is_there(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    url = f"sqlite:{path}"
    async with writing(url, 0) as old:
        acknowledged = await acknowledged_by(old, 10)
        async with writing(url, FAR_APART) as new:
            for _ in range(3):
                acknowledged |= await acknowledged_by(new, 10)
                acknowledged |= await acknowledged_by(old, 10)
            acknowledged |= await stop(old)
            acknowledged |= await acknowledged_by(new, 10)
            acknowledged |= await stop(new)
    assert ticks_of(acknowledged) <= await ticks_in(url)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_one_that_was_frozen_goes_on_where_it_was(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'market.db'}"
    async with writing(url, 0) as old, writing(url, FAR_APART) as new:
        acknowledged = await acknowledged_by(old, 10) | await acknowledged_by(new, 10)
        for _ in range(3):
            old.send_signal(signal.SIGSTOP)
            # Frozen in the midst of a write, it keeps the other waiting.
            reading = asyncio.create_task(acknowledged_by(new, 5))
            await asyncio.wait([reading], timeout=1)
            old.send_signal(signal.SIGCONT)
            acknowledged |= await reading | await acknowledged_by(old, 5)
        acknowledged |= await stop(old) | await stop(new)
    assert ticks_of(acknowledged) <= await ticks_in(url)


async def test_one_reads_what_the_other_wrote_and_pruned(tmp_path: Path) -> None:
    path = tmp_path / "market.db"
    old, new = await SqliteMarketStore.open(path), await SqliteMarketStore.open(path)
    await old.put_ticks([tick(1), tick(2)])
    assert len(await new.ticks("NIFTY", EVERYTHING)) == 2
    assert await new.prune(Kind.TICKS, before=published_at(2), limit=9) == 1
    run = await old.read_ticks("NIFTY", after=0, through=9, limit=9)
    assert ([each.sequence for each in run.events], run.complete) == ([2], False)
    await old.close()
    await new.close()
