"""Results reach the streams of their own replica without being read back from the bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from tests.enrichment.bench import NIFTY, Bench, working
from tests.enrichment.bench import RAW_CHAINS as RAW
from tests.enrichment.faulty import Faulty, faulty_bus, with_bus
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.handover import Handover
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import enriched_chain_hub
from deltastream.runtime.streams.mailbox import Doorbell

ENRICHED = subject_of(SubjectKind.ENRICHED_CHAINS, NIFTY.symbol)


@dataclass
class Followed:
    """A hub that runs, and the bus as it alone sees it.

    Attributes:
        bus: whose calls fail whose names begin as its `failing` says.
    """

    hub: StreamHub
    bus: Faulty

    async def at(self) -> int:
        """Return how far the hub has got."""
        return self.hub.log.positions.get(NIFTY.symbol, 0)

    async def has_got_to(self, sequence: int) -> None:
        await eventually(self.at, lambda at: at == sequence)


@asynccontextmanager
async def followed(bench: Bench) -> AsyncIterator[Followed]:
    bus = faulty_bus(bench, "")
    seen = cast("Bus", bus)
    hub = enriched_chain_hub(seen, Catalog(seen))
    async with running(hub.run()):
        await hub.ready()
        yield Followed(hub, bus)


async def publish_poison(bench: Bench, sequence: int) -> None:
    await bench.bus.publish([Entry(subject=RAW, sequence=sequence, payload=b"\xff no chain")])


def stored(*numbers: int) -> Callable[[object], bool]:
    return lambda found: found == [*numbers]


async def test_results_need_not_be_read_back_once_the_hub_has_the_one_before(bench: Bench) -> None:
    async with followed(bench) as streams, working(bench, hubs=[streams.hub]):
        await bench.publish(chain(number=1))
        await streams.has_got_to(1)
        streams.bus.failing = "tail"
        await bench.publish(chain(number=2))
        await streams.has_got_to(2)
        await bench.publish(*(chain(number=number) for number in range(3, 10)))
        await streams.has_got_to(9)
    (newest,) = await bench.bus.latest(ENRICHED, limit=1)
    (shown,) = streams.hub.log.latest({NIFTY.symbol})
    assert shown.encoded.endswith(newest.payload)


async def test_what_follows_an_event_that_was_given_up_comes_from_the_bus(bench: Bench) -> None:
    """The event may yet be replayed, by any replica, and would lie between the two."""
    async with followed(bench) as streams, working(bench, hubs=[streams.hub]):
        await bench.publish(chain(number=1))
        await streams.has_got_to(1)
        streams.bus.failing = "tail"
        await publish_poison(bench, 2)
        await bench.publish(chain(number=3), chain(number=4))
        await eventually(bench.stored, stored(1, 3, 4))
        assert await streams.at() == 1
        streams.bus.failing = ""
        await streams.has_got_to(4)
        assert [entry.piece.sequence for entry in streams.hub.log.recent.since(0) or ()] == [
            1,
            3,
            4,
        ]


async def test_the_first_result_under_a_lease_comes_from_the_bus(bench: Bench) -> None:
    """Whoever held the lease before may have published what lies before it."""
    async with followed(bench) as streams:
        async with working(bench, hubs=[streams.hub]):
            await bench.publish(chain(number=1))
            await streams.has_got_to(1)
        streams.bus.failing = "tail"
        async with working(bench):
            await bench.publish(chain(number=2))
            await eventually(bench.stored, stored(1, 2))
        async with working(bench, hubs=[streams.hub]):
            await bench.publish(chain(number=3))
            await eventually(bench.stored, stored(1, 2, 3))
            assert await streams.at() == 1
            streams.bus.failing = ""
            await streams.has_got_to(3)


async def test_after_a_lease_was_lost_the_next_result_comes_from_the_bus(bench: Bench) -> None:
    lost = Faulty(bench.bus, "", LeaseLostError([NIFTY.symbol]))
    async with (
        followed(bench) as streams,
        working(with_bus(bench, lost), hubs=[streams.hub], lease_seconds=1.0),
    ):
        await bench.publish(chain(number=1))
        await streams.has_got_to(1)
        # Else it is done once more under the next lease, and what follows it is next to it there.
        await eventually(bench.unfinished, lambda left: not left)
        streams.bus.failing = "tail"
        lost.failing = "publish"
        await bench.publish(chain(number=2))
        await eventually(lost.has_failed, bool)
        lost.failing = ""
        await eventually(bench.stored, stored(1, 2))
        assert await streams.at() == 1


async def test_nothing_is_handed_to_a_hub_that_has_not_got_that_far(bench: Bench) -> None:
    async with followed(bench) as streams:
        handover = Handover([streams.hub])
        streams.bus.failing = "tail"
        for sequence in (1, 2, 3):
            handover.published(Entry(subject=ENRICHED, sequence=sequence, payload=b""))
        assert await streams.at() == 0


async def test_what_is_handed_over_and_read_as_well_is_told_once(bench: Bench) -> None:
    numbers = [*range(1, 201)]
    async with followed(bench) as streams, working(bench, hubs=[streams.hub]):
        # Only a hub that somebody listens to is always reading.
        with streams.hub.listening(Doorbell(None)):
            for number in numbers:
                await bench.publish(chain(number=number))
            await eventually(bench.stored, stored(*numbers))
            await streams.has_got_to(numbers[-1])
        told = [each.piece.sequence for each in streams.hub.log.recent.since(0) or ()]
    assert told == numbers
