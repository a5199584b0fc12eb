"""The catalog: what is announced is known to all, whoever else announces at that moment."""

from collections.abc import Sequence
from dataclasses import replace

from tests.recording.recorded import product

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.domain.subjects import CATALOG
from deltastream.ports.bus import Entry
from deltastream.ports.leases import Lease
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.products import encode_product


class RacedBus(MemoryBus):
    """A bus on which another feed is always a little faster, once."""

    raced = False

    async def publish(self, entries: Sequence[Entry], *, under: Sequence[Lease] = ()) -> None:
        if not self.raced:
            self.raced = True
            other = encode_product(product("SPY")).SerializeToString()
            sequence = entries[-1].sequence
            await super().publish([Entry(subject=CATALOG, sequence=sequence, payload=other)])
        await super().publish(entries, under=under)


async def test_what_another_feed_announces_in_the_same_moment_hides_nothing() -> None:
    bus = RacedBus()

    await Catalog(bus).announce([product("NIFTY"), product("BANKNIFTY")], sequence=100)

    everybody = Catalog(bus)
    await everybody.refresh()
    assert set(everybody.products) == {"NIFTY", "BANKNIFTY", "SPY"}


async def test_only_what_is_new_or_changed_is_announced() -> None:
    bus = MemoryBus()
    nifty, spy = product("NIFTY"), product("SPY")
    await Catalog(bus).announce([nifty, spy], sequence=1)

    await Catalog(bus).announce([nifty, replace(spy, name="another")], sequence=10)

    entries = await bus.tail({CATALOG: 0}, limit=10, wait=0.0)
    assert [entry.sequence for entry in entries] == [1, 2, 10]
