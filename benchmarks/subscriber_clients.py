"""Many subscribers in one process: `python -m benchmarks.subscriber_clients ADDRESS COUNT SECONDS`.

Prints one line of JSON when all of them are live, and one with what they got after that.
"""

import asyncio
import json
import sys
import time
from contextlib import aclosing
from dataclasses import dataclass, field

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel

_SETTLING_SECONDS = 3.0


@dataclass(slots=True)
class _Received:
    """What all subscribers got together."""

    frames: int = 0
    chains: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, frame: pb.StreamChainsResponse) -> None:
        now = time.time()
        self.frames += 1
        self.chains += len(frame.batch.chains)
        for chain in frame.batch.chains:
            at = chain.published_at
            self.latencies.append(round(now - at.seconds - at.nanos / 1e9, 6))

    def clear(self) -> None:
        self.frames = self.chains = 0
        self.latencies.clear()


async def _subscribe(address: str, received: _Received, live: asyncio.Barrier) -> None:
    """Subscribe to everything, on a connection of one's own."""
    async with open_channel(address, service="enrichment", subscriber=True) as channel:
        stream = EnrichmentServiceStub(channel).StreamChains(pb.StreamChainsRequest())
        async with aclosing(aiter(stream)) as frames:  # type: ignore[type-var]  # it is a generator
            async for frame in frames:
                if frame.HasField("caught_up"):
                    await live.wait()
                elif frame.HasField("batch"):
                    received.add(frame)


async def _measure(address: str, count: int, seconds: float) -> None:
    received = _Received()
    live = asyncio.Barrier(count + 1)
    async with running(*(_subscribe(address, received, live) for _ in range(count))):
        await live.wait()
        await asyncio.sleep(_SETTLING_SECONDS)
        received.clear()
        print(json.dumps({"live": count}), flush=True)
        begun = time.process_time()
        await asyncio.sleep(seconds)
        used = time.process_time() - begun
        print(
            json.dumps(
                {
                    "frames": received.frames,
                    "chains": received.chains,
                    "processor_seconds": used,
                    "latencies": received.latencies,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
