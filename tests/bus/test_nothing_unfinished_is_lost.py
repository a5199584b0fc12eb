"""Whoever holds a product, whoever believes to, and whenever it is trimmed: nothing is lost."""

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.bus_entries import sequences_of
from tests.fixtures.example_counts import examples

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.leases import Lease

GROUP = "enrichment"
ALL = 10_000
_products = (f"P{number}" for number in count(1))


def is_poison(sequence: int) -> bool:
    return sequence % 5 == 0


@dataclass
class Replica:
    """Works through a product under its lease, a step at a time; what it knows may be old.

    Each result carries the number of the lease under which it was made. Everything is written
    twice, as when a reply was lost.
    """

    bus: Bus
    product: str
    name: str
    limit: int
    lease: Lease | None = None
    reading: int | None = None
    batch: list[Entry] = field(default_factory=list)
    done: int = 0
    letters: list[bytes] = field(default_factory=list)

    async def step(self, step: str) -> None:
        """Go a step, where it is due; forget everything when the lease is lost."""
        try:
            if step == "acquire":
                await self._acquire()
            elif self.lease is not None:
                await getattr(self, f"_{step}")([self.lease])
        except LeaseLostError:
            self._forget(None)

    async def _acquire(self) -> None:
        granted = await self.bus.leases.acquire(GROUP, [self.product], self.name, seconds=60.0)
        if granted:
            self._forget(granted[0])

    def _forget(self, lease: Lease | None) -> None:
        self.lease, self.reading, self.batch, self.letters = lease, None, [], []

    async def _begin(self, under: list[Lease]) -> None:
        raw = f"raw:{self.product}"
        starts = await self.bus.take_up(GROUP, [raw], under=under)
        self._forget(self.lease)
        self.reading = self.done = starts[raw].position

    async def _read(self, _: list[Lease]) -> None:
        if self.reading is not None and not self.batch:
            raw = {f"raw:{self.product}": self.reading}
            self.batch = await self.bus.tail(raw, limit=self.limit, wait=0.0)

    async def _publish(self, under: list[Lease]) -> None:
        subject, number = f"enriched:{self.product}", b"%d" % under[0].number
        healthy = [entry.sequence for entry in self.batch if not is_poison(entry.sequence)]
        results = [Entry(subject=subject, sequence=each, payload=number) for each in healthy]
        for _ in range(2):
            await self.bus.publish(results, under=under)
        for entry in self.batch:
            self.reading = self.done = entry.sequence
            if is_poison(entry.sequence):
                self.letters.append(b"%s %d" % (self.product.encode(), entry.sequence))
        self.batch = []

    async def _commit(self, under: list[Lease]) -> None:
        if self.reading is not None:
            raw = {f"raw:{self.product}": self.done}
            for _ in range(2):
                await self.bus.commit(GROUP, raw, under=under, letters=self.letters)
            self.letters = []


@dataclass
class World:
    """A product with a feed, two replicas, someone who trims, and someone who reads along."""

    bus: Bus
    product: str
    fed: list[int] = field(default_factory=list)
    seen: list[Entry] = field(default_factory=list)
    held: Lease | None = None

    def __post_init__(self) -> None:
        self.raw, self.enriched = f"raw:{self.product}", f"enriched:{self.product}"
        limits = {"a": 2, "b": 5}
        self.replicas = {
            name: Replica(self.bus, self.product, name, limit) for name, limit in limits.items()
        }

    async def step(self, step: tuple[str, int]) -> None:
        action, number = step
        match action.split():
            case ["feed"]:
                await self._feed(number)
            case ["trim"]:
                through = await self.position()
                await self.bus.trim(self.raw, keep=number)
                await self.bus.trim(self.enriched, keep=number, through=through)
            case [_, "expire"]:
                await self.expire()
            case [name, own]:
                await self._replica_step(self.replicas[name], own)
        after = self.seen[-1].sequence if self.seen else 0
        self.seen += await self.bus.tail({self.enriched: after}, limit=ALL, wait=0.0)

    async def _replica_step(self, replica: Replica, step: str) -> None:
        before = replica.lease
        await replica.step(step)
        if step == "acquire" and replica.lease != before:
            self.held = replica.lease
        if step in {"begin", "publish"}:
            assert replica.lease in {None, self.held}

    async def _feed(self, number: int) -> None:
        last = self.fed[-1] if self.fed else 0
        sequences = [last + 1 + each for each in range(number)]
        self.fed += sequences
        await self.bus.publish(
            [Entry(subject=self.raw, sequence=each, payload=b"") for each in sequences]
        )

    async def expire(self) -> None:
        """End the lease, as time would; its holder hears nothing of it."""
        for replica in self.replicas.values():
            if replica.lease is not None:
                await self.bus.leases.release([replica.lease])
        self.held = None

    async def position(self) -> int:
        return (await self.bus.positions(GROUP, [self.raw]))[self.raw]

    async def given_up(self) -> list[int]:
        letters = await self.bus.tail({DEAD_LETTERS: 0}, limit=ALL, wait=0.0)
        own = [letter.payload.split() for letter in letters]
        return [int(number) for product, number in own if product == self.product.encode()]

    async def check(self) -> None:
        """Compare the logs with the ledger of what was fed and seen."""
        position = await self.position()
        seen = sequences_of(self.seen)
        numbers = [int(entry.payload) for entry in self.seen]
        left = await self.bus.tail({self.raw: position}, limit=ALL, wait=0.0)
        unstored = await self.bus.tail({self.enriched: position}, limit=ALL, wait=0.0)
        done = [sequence for sequence in self.fed if sequence <= position]

        assert sequences_of(left) == self.fed[len(done) :]
        assert seen == [each for each in self.fed if not is_poison(each)][: len(seen)]
        assert set(seen) >= {each for each in done if not is_poison(each)}
        assert numbers == sorted(numbers)
        assert sequences_of(unstored) == [each for each in seen if each > position]
        assert await self.given_up() == [each for each in done if is_poison(each)]


# What belongs together mostly comes together, so that examples get somewhere; but between reading,
# publishing and committing anything may happen.
_OWN_STEPS: Final = {
    "start": ("acquire", "begin", "read"),
    "publish": ("publish",),
    "commit": ("commit",),
    "go on": ("read", "publish", "commit", "read"),
    "end": ("expire",),
}
_steps = st.one_of(
    st.tuples(st.just("feed"), st.integers(1, 4)),
    st.tuples(st.just("trim"), st.integers(0, 3)),
    st.tuples(st.sampled_from("ab"), st.sampled_from(list(_OWN_STEPS))),
    st.tuples(st.sampled_from("ab"), st.sampled_from(list(_OWN_STEPS))),
)


def _single(step: tuple[str, int | str]) -> list[tuple[str, int]]:
    """Write out what belongs together."""
    actor, what = step
    if isinstance(what, int):
        return [(actor, what)]
    return [(f"{actor} {own}", 0) for own in _OWN_STEPS[what]]


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_steps.map(_single), min_size=8, max_size=25))
async def test_any_interleaving_of_holders_former_holders_and_trimming_loses_nothing(
    bus: Bus, steps: list[list[tuple[str, int]]]
) -> None:
    world = World(bus, next(_products))
    await bus.take_up(GROUP, [world.raw])

    for together in [[("feed", 3)], *steps]:
        for step in together:
            await world.step(step)
        await world.check()

    await world.expire()
    for own in ["acquire", "begin", *("read", "publish", "commit") * len(world.fed)]:
        await world.step((f"b {own}", 0))
    await world.check()
    assert await world.position() == world.fed[-1]
    await bus.trim(world.raw, keep=0)
    assert (await bus.extents([world.raw]))[world.raw].first == 0
