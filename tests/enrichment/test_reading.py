"""Where reading goes on, and what is suspected there."""

from typing import cast

import pytest
from tests.enrichment.bench import NIFTY, RAW_CHAINS, Bench
from tests.fixtures.chains import chain

from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.care import in_turn
from deltastream.enrichment.holdings import Holdings
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.reading import Reader
from deltastream.ports.bus import Entry


class NoCandles:
    """Candles that are never ready."""

    def prepare(self, product: str) -> bool:
        return False


class Replica:
    """A reader, and what it holds."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.holdings = Holdings()
        self.reader = Reader(
            bus=bench.bus, holdings=self.holdings, candles=cast("CandleKeeper", NoCandles())
        )

    async def hold(self) -> None:
        leases = self.bench.bus.leases
        self.holdings.grant(
            await leases.acquire(GROUP, [NIFTY.symbol], "enrichment-0", seconds=30.0)
        )

    async def read(self) -> dict[str, int]:
        """Take the product up, and return what is suspected."""
        await self.hold()
        await self.reader.next()
        return self.holdings.take_suspects()


@pytest.fixture
async def waiting(bench: Bench) -> Bench:
    await bench.publish(chain(number=1), chain(number=2))
    return bench


async def test_what_an_earlier_process_ended_at_is_suspect(waiting: Bench) -> None:
    for ended in range(3):
        suspects = await Replica(waiting).read()
        assert suspects.get(RAW_CHAINS, 0) == ended


async def test_what_this_process_has_outlived_is_not(waiting: Bench) -> None:
    await Replica(waiting).read()
    survivor = Replica(waiting)
    assert [(await survivor.read()).get(RAW_CHAINS, 0) for _ in range(3)] == [1, 1, 1]


async def test_nothing_is_suspect_once_the_position_has_moved(waiting: Bench) -> None:
    for _ in range(2):
        await Replica(waiting).read()
    await waiting.bus.commit(GROUP, {RAW_CHAINS: 1})
    assert RAW_CHAINS not in await Replica(waiting).read()


async def test_ticks_are_not_taken_up_before_their_candles_are_ready(waiting: Bench) -> None:
    replica = Replica(waiting)
    await replica.hold()
    entries = await replica.reader.next()
    assert [entry.subject for entry in entries] == [RAW_CHAINS, RAW_CHAINS]
    holding = replica.holdings.get("NIFTY")
    assert holding is not None
    assert {subject.rpartition(":")[0] for subject in holding.positions} == {
        "market:option_quote",
        "market:option_chain",
    }


def entries(*names: str) -> list[Entry]:
    return [Entry(subject=name[0], sequence=int(name[1:]), payload=b"") for name in names]


def names(ordered: list[Entry]) -> list[str]:
    return [f"{entry.subject}{entry.sequence}" for entry in ordered]


def test_suspect_subjects_take_turns_forwards_and_backwards() -> None:
    read = entries("a1", "a2", "a3", "b5", "c7", "c8", "x9")
    assert names(in_turn({"a": 2, "b": 1, "c": 1}, read)) == ["a1", "b5", "c7", "a2", "c8", "a3"]
    assert names(in_turn({"a": 3, "b": 1, "c": 1}, read)) == ["c7", "b5", "a1", "c8", "a2", "a3"]
    assert in_turn({}, read) == []
