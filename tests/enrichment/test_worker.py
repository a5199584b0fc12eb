"""From raw entries on the bus to stored, published and acknowledged results."""

import grpc
import pytest
from tests.enrichment.bench import NIFTY, Bench, working
from tests.enrichment.bench import RAW_CHAINS as RAW
from tests.enrichment.faulty import Faulty, with_bus
from tests.fixtures.chains import BEGIN, chain
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.events import UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.domain.subjects import CATALOG, DEAD_LETTERS, SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.ports.bus import Entry
from deltastream.ports.store import Window
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

ENRICHED = subject_of(SubjectKind.ENRICHED_CHAINS, "NIFTY")


async def test_a_raw_chain_is_enriched_published_stored_and_committed(bench: Bench) -> None:
    await bench.publish(chain(number=7))
    async with working(bench):
        assert await eventually(bench.stored, lambda found: found == [7])
        await eventually(bench.unfinished, lambda waiting: waiting == [])
    (entry,) = await bench.bus.latest(ENRICHED, limit=10)
    enriched = chain_pb2.EnrichedChain.FromString(entry.payload)
    assert entry.sequence == enriched.sequence == 7
    assert enriched.pcr_oi == pytest.approx(1.0)
    assert enriched.max_pain_strike == 100.0
    assert enriched.atm_strike == 100.0
    assert enriched.atm_straddle_price == pytest.approx(7.0)
    raw = encode_chain(chain(number=7))
    assert [(leg.symbol, leg.bid) for leg in enriched.calls] == [
        (leg.symbol, leg.bid) for leg in raw.calls
    ]
    assert all(leg.HasField("iv") for leg in enriched.calls)


async def test_order_is_kept(bench: Bench) -> None:
    numbers = list(range(1, 301))
    async with working(bench):
        for begin in range(0, 300, 50):
            await bench.publish(*(chain(number=n) for n in numbers[begin : begin + 50]))
        await eventually(bench.stored, lambda found: found == numbers)
    published = await bench.bus.latest(ENRICHED, limit=1000)
    assert [entry.sequence for entry in published] == numbers


async def test_work_that_a_crash_interrupted_is_done_again_once(bench: Bench) -> None:
    bus = Faulty(bench.bus, "commit", DependencyUnavailableError("bus"))
    await bench.publish(*(chain(number=number) for number in range(1, 4)))
    async with working(with_bus(bench, bus)):
        await eventually(bench.stored, lambda found: found == [1, 2, 3])
    assert await bench.unfinished() == [1, 2, 3]
    await bench.publish(*(chain(number=number) for number in range(4, 6)))
    async with working(bench):
        await eventually(bench.unfinished, lambda waiting: waiting == [])
    assert await bench.stored() == [1, 2, 3, 4, 5]
    published = await bench.bus.latest(ENRICHED, limit=100)
    assert [entry.sequence for entry in published] == [1, 2, 3, 4, 5]


async def test_nothing_is_committed_before_it_is_stored(bench: Bench) -> None:
    await bench.publish(chain(number=1))
    async with grpc.aio.insecure_channel("127.0.0.1:1") as nowhere:
        without_storage = Bench(bench.bus, StorageServiceStub(nowhere), bench.store)
        async with working(without_storage):
            await eventually(lambda: bench.bus.latest(ENRICHED, limit=1), bool)
    assert await bench.unfinished() == [1]
    async with working(bench):
        await eventually(bench.stored, lambda found: found == [1])


async def test_a_poisoned_entry_is_kept_aside_and_the_rest_goes_on(bench: Bench) -> None:
    await bench.publish(chain(number=1))
    await bench.bus.publish([Entry(subject=RAW, sequence=2, payload=b"\xff no chain")])
    descending = encode_chain(chain(number=3))
    descending.calls[0].strike = 1e6
    await bench.bus.publish(
        [Entry(subject=RAW, sequence=3, payload=descending.SerializeToString())]
    )
    unstorable = encode_chain(chain(number=4))
    unstorable.calls[0].symbol = "no symbol"
    await bench.bus.publish(
        [Entry(subject=RAW, sequence=4, payload=unstorable.SerializeToString())]
    )
    await bench.publish(chain(number=5))
    async with working(bench):
        await eventually(bench.stored, lambda found: found == [1, 5])
        await eventually(bench.unfinished, lambda waiting: waiting == [])
    letters = [
        pb.DeadLetter.FromString(entry.payload)
        for entry in await bench.bus.latest(DEAD_LETTERS, limit=10)
    ]
    assert sorted(letter.event_sequence for letter in letters) == [2, 3, 4]
    assert all(letter.error and letter.subject == RAW for letter in letters)
    assert {letter.payload for letter in letters} >= {b"\xff no chain"}


async def test_ticks_are_passed_on_and_stored(bench: Bench) -> None:
    tick = encode_tick(UnderlyingTick(product="NIFTY", price=1.0, timestamp=BEGIN, sequence=9))
    payload = tick_pb2.UnderlyingTickBatch(ticks=[tick]).SerializeToString()
    subject = subject_of(SubjectKind.RAW_TICKS, "NIFTY")
    await bench.bus.publish([Entry(subject=subject, sequence=9, payload=payload)])
    async with working(bench):
        found = await eventually(lambda: bench.store.ticks("NIFTY", Window(limit=10)), bool)
    assert [(row.sequence, row.price) for row in found] == [(9, 1.0)]
    enriched = subject_of(SubjectKind.ENRICHED_TICKS, "NIFTY")
    assert [e.payload for e in await bench.bus.latest(enriched, limit=10)] == [payload]


async def test_products_are_described_to_storage(bench: Bench) -> None:
    async with working(bench):
        found = await eventually(bench.store.products, bool)
    assert found == [NIFTY]


async def test_a_product_announced_later_is_taken_up(bench: Bench) -> None:
    async with working(bench):
        await eventually(bench.store.products, bool)
        late = Product(
            symbol="SPY", name="", exchange="", currency="USD", time_zone="America/New_York"
        )
        sequence = await bench.bus.last_sequence(CATALOG) + 1
        await Catalog(bench.bus).announce([late], sequence=sequence)
        await bench.publish(chain("SPY", number=3))

        async def stored() -> int:
            return len(await bench.store.chains("SPY", None, Window(limit=1), with_legs=False))

        assert await eventually(stored, lambda count: count == 1) == 1
