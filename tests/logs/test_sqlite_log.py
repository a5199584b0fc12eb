"""The log in a file: what a kill leaves, and how large it becomes."""

import asyncio
import stat
from pathlib import Path

import pytest
from tests.fixtures.killed_writer import killed_while_writing
from tests.logs.acknowledging_writer import MOST_BYTES, SIZE
from tests.logs.entries import SettableClock, entry, events

from deltastream.adapters.logs.sqlite.log_store import SqliteLogStore
from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.ports.log_store import LogFilter
from deltastream.ports.windows import Window
from deltastream.runtime.clock import utc_now

WRITER = Path(__file__).with_name("acknowledging_writer.py")
ACKNOWLEDGED_BEFORE_DEATH = 30
ALL = LogFilter()
MEGABYTE = 1024 * 1024


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path, acknowledged = tmp_path / "logs.db", set[int]()
    sequences: list[int] = []
    for _ in range(2):
        async with asyncio.timeout(20):
            first = max(acknowledged, default=0) + 100
            acknowledged |= await killed_while_writing(
                WRITER, f"sqlite:{path}", first, after=ACKNOWLEDGED_BEFORE_DEATH
            )
        store = await SqliteLogStore.open(path, most_bytes=MOST_BYTES, clock=utc_now)
        kept = (await store.read(ALL, after=0, limit=100_000)).records
        await store.close()
        expected = {f"{batch}-{number}" for batch in acknowledged for number in range(SIZE)}
        assert expected <= set(events(kept))
        assert len(kept) % SIZE == 0, "a batch is kept whole or not at all"
        assert [record.sequence for record in kept[: len(sequences)]] == sequences
        sequences = [record.sequence for record in kept]
    assert sequences == sorted(set(sequences))


@pytest.mark.parametrize("length", [10, 900, 30_000])
async def test_the_file_never_grows_beyond_its_bound(
    tmp_path: Path, clock: SettableClock, length: int
) -> None:
    path, most = tmp_path / "logs.db", MEGABYTE
    store = await SqliteLogStore.open(path, most_bytes=most, clock=clock)
    batch = max(1, min(200, 100_000 // length))
    number, written, held, least = 0, 0, 0, most
    while written < 2 * most:
        services = ("feed", "edge", "storage")
        dropped = await store.append(
            [
                entry(str(number), service=services[i % 3], second=i, fields={"text": "x" * length})
                for i in range(batch)
            ]
        )
        number, written = number + 1, written + batch * (length + 200)
        held += batch - sum(dropped.values())
        # Room is made for what comes, and not much more.
        least = min(least, held if dropped else least)
    kept = (await store.read(ALL, after=0, limit=100_000)).records
    await store.close()
    # Closing has written to it what the write-ahead log held.
    assert not path.with_name("logs.db-wal").exists()
    assert most // 2 < path.stat().st_size <= most
    assert kept[-1].entry.event == str(number - 1)
    assert len(kept) == held
    assert least * (length + 200) > most // 3


async def test_a_lower_bound_is_come_down_to(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "logs.db"
    store = await SqliteLogStore.open(path, most_bytes=8 * MEGABYTE, clock=clock)
    await store.append([entry(fields={"text": "x" * 1000}) for _ in range(5000)])
    await store.close()
    store = await SqliteLogStore.open(path, most_bytes=MEGABYTE, clock=clock)
    dropped = await store.append([entry("newest")])
    kept = (await store.query(ALL, Window(limit=10_000))).records
    await store.close()
    assert dropped["storage"] + len(kept) == 5001
    assert len(kept) < 1000
    assert kept[0].entry.event in {"newest", "something_happened"}
    assert "newest" in events(kept)


async def test_two_processes_share_one_order(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "logs.db"
    first = await SqliteLogStore.open(path, most_bytes=MEGABYTE, clock=clock)
    second = await SqliteLogStore.open(path, most_bytes=MEGABYTE, clock=clock)
    for number in range(3):
        await first.append([entry(f"first-{number}")])
        await second.append([entry(f"second-{number}")])
    kept = events((await first.read(ALL, after=0, limit=10)).records)
    await first.close()
    await second.close()
    assert kept == [f"{who}-{number}" for number in range(3) for who in ("first", "second")]


async def test_only_its_user_reads_the_file(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "folder" / "logs.db"
    store = await SqliteLogStore.open(path, most_bytes=MEGABYTE, clock=clock)
    await store.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_file_of_something_else_is_refused(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "logs.db"
    path.write_text("not a database, but the only copy of something else")
    with pytest.raises(DatabaseUnusableError, match=r"logs\.db"):
        await SqliteLogStore.open(path, most_bytes=MEGABYTE, clock=clock)
    assert path.read_text().startswith("not a database")


async def test_a_store_that_is_closed_says_that_it_is_away(
    tmp_path: Path, clock: SettableClock
) -> None:
    store = await SqliteLogStore.open(tmp_path / "logs.db", most_bytes=MEGABYTE, clock=clock)
    await store.close()
    await store.close()
    with pytest.raises(DependencyUnavailableError, match="log store"):
        await store.append([entry()])
