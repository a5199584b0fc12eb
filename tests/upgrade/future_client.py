"""A client of the future, as a process: ADDRESS. Prints what it found, as one JSON object."""

# What is checked here is the contract of today.
# mypy: disable-error-code="attr-defined,call-arg"

import asyncio
import json
import sys
from typing import Any

import grpc

from deltastream.client import Mesh
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.feed.v1 import feed_service_pb2 as feed_pb
from deltastream.feed.v1.feed_service_pb2_grpc import FeedServiceStub
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub
from deltastream.stream.v1 import stream_pb2

SECONDS = 10


async def refusal(call: Any) -> str:
    """Return the status that a call is refused with."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return f"{error.code().name}: {error.details()}"
    return "OK"


async def latest_chain(address: str) -> dict[str, Any]:
    """Return of a stream's first chain what this client reads in it."""
    async with Mesh(address) as mesh:
        chain = await anext(mesh.chains("NIFTY"))
        return {"sequence": chain.sequence, "crowding": chain.crowding}


async def main(address: str) -> None:
    async with asyncio.timeout(SECONDS), grpc.aio.insecure_channel(address) as channel:
        request = storage_pb.ListTicksRequest(product="NIFTY", exchange="XNSE")
        ticks = await StorageServiceStub(channel).ListTicks(request)
        outlook = FeedServiceStub(channel).GetFeedOutlook(feed_pb.GetFeedOutlookRequest())
        sampled = pb.StreamChainsRequest(delivery=stream_pb2.DELIVERY_POLICY_SAMPLED)
        found = {
            "ticks": [tick.sequence for tick in ticks.ticks],
            "outlook": await refusal(outlook),
            "sampled": await refusal(EnrichmentServiceStub(channel).StreamChains(sampled).read()),
            "chain": await latest_chain(address),
        }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
