"""What was acknowledged survives the death of the process that wrote it."""

import asyncio
from pathlib import Path

from tests.fixtures.killed_writer import killed_while_writing
from tests.store.acknowledging_writer import SIZE
from tests.store.adapters import writes_batches_whole

from deltastream.adapters.store.choose import open_store
from deltastream.ports.store import MarketStore, Window

WRITER = Path(__file__).with_name("acknowledging_writer.py")
DEATHS = 3
ACKNOWLEDGED_BEFORE_DEATH = 60
ALL = Window(limit=1_000_000)


async def stored_ticks(store: MarketStore) -> list[int]:
    return [each.sequence for each in await store.ticks("NIFTY", ALL)]


async def stored_chains(store: MarketStore) -> list[int]:
    chains = await store.chains("NIFTY", None, ALL, with_legs=True)
    return [each.chain.sequence for each in chains]


async def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(store_url: str) -> None:
    acknowledged: set[int] = set()
    for _ in range(DEATHS):
        async with asyncio.timeout(40):
            first = max(acknowledged, default=0) + 100
            acknowledged |= await killed_while_writing(
                WRITER, store_url, first, after=ACKNOWLEDGED_BEFORE_DEATH
            )
        store = await open_store(store_url)
        ticks, chains = await stored_ticks(store), await stored_chains(store)
        await store.close()
        expected = {batch * SIZE + offset for batch in acknowledged for offset in range(SIZE)}
        assert expected <= set(ticks)
        assert {batch + 1 for batch in acknowledged} <= set(chains)
        assert len(set(ticks)) == len(ticks)
        if writes_batches_whole(store_url):
            assert len(ticks) % SIZE == 0, "a batch is stored whole or not at all"
    assert len(acknowledged) >= DEATHS * ACKNOWLEDGED_BEFORE_DEATH
