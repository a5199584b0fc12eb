"""The raw limits of what the mesh stands on, measured in the same run."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
from benchmarks.report import Figure
from redis.asyncio import Redis
from tests.fixtures.chains import chain, enriched

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.embedded_redis import EmbeddedRedis

_SECONDS = 3.0
_STREAM = "limit"
_BATCH = 50


def _payload() -> pb.StreamChainsResponse:
    """Return a response of the size that one 21-strike chain has."""
    message = encode_enriched(enriched(chain()))
    while len(message.calls) < 21:
        message.calls.append(message.calls[0])
        message.puts.append(message.puts[0])
    return pb.StreamChainsResponse(sequence=1, batch=pb.ChainBatch(chains=[message]))


class _Bare(EnrichmentServiceServicer):
    async def StreamChains(  # noqa: N802 - the contract's name
        self, request: pb.StreamChainsRequest, context: Any
    ) -> AsyncIterator[pb.StreamChainsResponse]:
        del request, context
        response = _payload()
        while True:
            yield response


async def bare_stream() -> Figure:
    """Stream one chain a message as fast as grpc.aio can, within one process."""
    server = grpc.aio.server()
    add_EnrichmentServiceServicer_to_server(_Bare(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stream = EnrichmentServiceStub(channel).StreamChains(pb.StreamChainsRequest())
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < _SECONDS:
            await stream.read()
            count += 1
        seconds = time.perf_counter() - begun
        stream.cancel()
    await server.stop(0)
    return Figure(
        name="limit: bare grpc.aio stream, one chain a message",
        value=count / seconds,
        unit="messages/s",
    )


async def bare_redis(folder: Path) -> Figure:
    """Add entries by pipeline, read them by group and acknowledge them, on one connection."""
    payload = _payload().SerializeToString()
    async with EmbeddedRedis(folder=folder / "redis", socket=folder / "redis.sock") as server:
        client = Redis.from_url(server.url)
        await client.xgroup_create(_STREAM, "group", id="0", mkstream=True)
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < _SECONDS:
            async with client.pipeline(transaction=False) as pipe:
                for _ in range(_BATCH):
                    pipe.xadd(_STREAM, {"p": payload})
                await pipe.execute()
            reply: Any = await client.xreadgroup("group", "one", {_STREAM: ">"}, count=_BATCH)
            ((_, entries),) = reply.items() if isinstance(reply, dict) else reply
            await client.xack(_STREAM, "group", *(entry[0] for entry in entries))
            count += len(entries)
        seconds = time.perf_counter() - begun
        await client.aclose()
    return Figure(
        name="limit: bare XADD, XREADGROUP, XACK in batches of 50",
        value=count / seconds,
        unit="entries/s",
    )
