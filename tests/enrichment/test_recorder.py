"""How results gather before they are stored."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.enrichment.bench import RAW_CHAINS, Bench
from tests.enrichment.faulty import Counting, with_storage
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually

from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.enrichment import recorder as recording
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.holdings import Holdings
from deltastream.enrichment.ownership import GROUP
from deltastream.enrichment.recorder import Finished, Recorder
from deltastream.ports.bus import Entry
from deltastream.ports.leases import Lease
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.chains import encode_chain

SECONDS = 20.0


@pytest.fixture
def storage(bench: Bench) -> Counting:
    """Storage that keeps what it was asked to store."""
    return Counting(bench.storage, "PutChains")


@pytest.fixture
async def recorder(bench: Bench, storage: Counting) -> AsyncIterator[Recorder]:
    recorder = Recorder(
        bus=bench.bus,
        storage=with_storage(bench, storage).storage,
        group=GROUP,
        holdings=Holdings(),
        clock=utc_now,
    )
    async with running(recorder.run()):
        yield recorder


async def leased(bench: Bench) -> Lease:
    (lease,) = await bench.bus.leases.acquire(GROUP, ["NIFTY"], "one", seconds=600.0)
    await bench.bus.take_up(GROUP, [RAW_CHAINS], under=[lease])
    return lease


def finished(number: int, lease: Lease) -> Finished:
    enricher = Enricher(products={}, policy=PricingPolicy(), clock=utc_now)
    payload = encode_chain(chain(number=number)).SerializeToString()
    entry = Entry(subject=RAW_CHAINS, sequence=number, payload=payload)
    return Finished(result=enricher.enrich(entry), lease=lease)


async def test_results_that_come_within_a_moment_are_stored_together(
    bench: Bench, recorder: Recorder, storage: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The moment is long: nothing but the question whether all is stored ends it.
    monkeypatch.setattr(recording, "_GATHERING_SECONDS", 10 * SECONDS)
    lease = await leased(bench)
    async with asyncio.timeout(SECONDS):
        for batch in (range(1, 11), range(11, 16)):
            for number in batch:
                await recorder.put(finished(number, lease))
                # It runs, and finds that one more has come.
                await asyncio.sleep(0)
            await recorder.settled()
    assert [len(request.chains) for request in storage.calls] == [10, 5]
    assert await bench.stored() == list(range(1, 16))
    assert await bench.unfinished() == []


async def test_a_result_alone_is_stored_after_a_moment(bench: Bench, recorder: Recorder) -> None:
    await recorder.put(finished(1, await leased(bench)))
    await eventually(bench.stored, lambda found: found == [1])
    await eventually(bench.unfinished, lambda waiting: waiting == [])


async def test_everybody_who_waits_for_what_is_stored_is_told(
    bench: Bench, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_GATHERING_SECONDS", 10 * SECONDS)
    lease = await leased(bench)
    async with asyncio.timeout(SECONDS):
        await recorder.put(finished(1, lease))
        await asyncio.gather(recorder.settled(), recorder.settled())
        await recorder.put(finished(2, lease))
        await recorder.settled()
    assert await bench.stored() == [1, 2]
