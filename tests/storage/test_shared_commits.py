"""Requests of several callers share a commit, and its sync to disk."""

import asyncio
from pathlib import Path

import grpc
from tests.fixtures.chains import chain, enriched
from tests.fixtures.storage_role import storage_role
from tests.store.held_writer import held, thread_of, until, waiting
from tests.store.market_events import EVERYTHING

from deltastream.adapters.store.sqlite.market_store import SqliteMarketStore
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

REPLICAS = 4
CHAINS = 5


def batch_of(replica: int) -> pb.PutChainsRequest:
    chains = [chain(f"P{replica}", number=number) for number in range(1, CHAINS + 1)]
    return pb.PutChainsRequest(chains=[encode_enriched(enriched(each)) for each in chains])


async def test_chains_of_several_replicas_are_committed_together(tmp_path: Path) -> None:
    statements: list[str] = []
    async with storage_role(tmp_path) as (channel, store):
        assert isinstance(store, SqliteMarketStore)
        thread_of(store).run(lambda writer: writer.set_trace_callback(statements.append))
        stub = StorageServiceStub(channel)
        with held(store):
            puts = [
                asyncio.ensure_future(stub.PutChains(batch_of(replica)))
                for replica in range(REPLICAS)
            ]
            await until(lambda: waiting(store) == REPLICAS)
        async with asyncio.timeout(10):
            answers = await asyncio.gather(*puts)
        assert [answer.stored for answer in answers] == [CHAINS] * REPLICAS
        assert statements.count("COMMIT") == 1
        for replica in range(REPLICAS):
            listed = await store.chains(f"P{replica}", None, EVERYTHING, with_legs=False)
            assert len(listed) == CHAINS


async def test_a_bad_batch_is_refused_and_its_neighbours_are_stored(tmp_path: Path) -> None:
    async with storage_role(tmp_path) as (channel, store):
        assert isinstance(store, SqliteMarketStore)
        stub = StorageServiceStub(channel)
        beyond = batch_of(1)
        beyond.chains[2].sequence = 2**63
        with held(store):
            puts = [
                asyncio.ensure_future(stub.PutChains(request))
                for request in (batch_of(0), beyond, batch_of(2))
            ]
            await until(lambda: waiting(store) == 3)
        async with asyncio.timeout(10):
            first, refused, last = await asyncio.gather(*puts, return_exceptions=True)
        assert isinstance(first, pb.PutChainsResponse)
        assert isinstance(last, pb.PutChainsResponse)
        assert (first.stored, last.stored) == (CHAINS, CHAINS)
        assert isinstance(refused, grpc.aio.AioRpcError)
        assert refused.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert await store.chains("P1", None, EVERYTHING, with_legs=False) == []
