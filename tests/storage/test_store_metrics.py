"""What storage measures of writing, and of what its cache knew."""

from pathlib import Path

from tests.fixtures.measured import measured
from tests.fixtures.storage_role import storage_role

from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.telemetry import names
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


def ticks(*sequences: int) -> pb.PutTicksRequest:
    made = []
    for sequence in sequences:
        tick = UnderlyingTick(product="NIFTY", price=100.0, sequence=sequence)
        tick.timestamp.FromSeconds(sequence)
        made.append(tick)
    return pb.PutTicksRequest(ticks=made)


async def test_a_batch_is_counted_with_its_rows_and_those_that_were_there_are_not(
    tmp_path: Path,
) -> None:
    rows = measured(names.STORE_ROWS, kind="ticks")
    batches = measured(names.STORE_BATCH_ROWS, "_count", kind="ticks")
    size = measured(names.STORE_BATCH_ROWS, "_sum", kind="ticks")
    timed = measured(names.STORE_WRITE_DURATION, "_count", kind="ticks")
    async with storage_role(tmp_path) as (channel, _):
        storage = StorageServiceStub(channel)
        await storage.PutTicks(ticks(1, 2, 3))
        await storage.PutTicks(ticks(3, 4))
    assert measured(names.STORE_ROWS, kind="ticks") == rows + 4
    assert measured(names.STORE_BATCH_ROWS, "_count", kind="ticks") == batches + 2
    assert measured(names.STORE_BATCH_ROWS, "_sum", kind="ticks") == size + 5
    assert measured(names.STORE_WRITE_DURATION, "_count", kind="ticks") == timed + 2


async def test_the_newest_is_a_hit_once_it_was_stored_and_a_miss_before(tmp_path: Path) -> None:
    hits = measured(names.CACHE_REQUESTS, cache="latest", result="hit")
    misses = measured(names.CACHE_REQUESTS, cache="latest", result="miss")
    newest = pb.ListTicksRequest(product="NIFTY", page_size=1)
    async with storage_role(tmp_path) as (channel, store):
        storage = StorageServiceStub(channel)
        await storage.PutTicks(ticks(1))
        await storage.ListTicks(newest)
        await storage.ListTicks(newest)
        await storage.ListTicks(pb.ListTicksRequest(product="NIFTY", page_size=5))
        assert await store.products() == []
    assert measured(names.CACHE_REQUESTS, cache="latest", result="hit") == hits + 2
    assert measured(names.CACHE_REQUESTS, cache="latest", result="miss") == misses
    async with storage_role(tmp_path) as (channel, _):
        await StorageServiceStub(channel).ListTicks(newest)
    assert measured(names.CACHE_REQUESTS, cache="latest", result="miss") == misses + 1
