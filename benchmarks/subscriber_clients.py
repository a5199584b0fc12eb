"""Many subscribers in one process: `python -m benchmarks.subscriber_clients ADDRESS COUNT SECONDS`.

Prints one line of JSON when all of them are live, and one with what they got after that.
"""

import asyncio
import json
import sys
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from benchmarks.dated_frames import dated_frame

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel

_METHOD: Final = "/deltastream.enrichment.v1.EnrichmentService/StreamChains"
_SETTLING_SECONDS: Final = 3.0


@dataclass(slots=True)
class _Received:
    """What all subscribers got together."""

    frames: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, chains: Any) -> None:
        """Date every chain of a frame that has just come."""
        now = time.time()
        self.frames += 1
        for chain in chains:
            at = chain.published_at
            self.latencies.append(now - at.seconds - at.nanos / 1e9)

    def clear(self) -> None:
        self.frames = 0
        self.latencies.clear()


async def _subscribe(address: str, received: _Received, live: asyncio.Barrier) -> None:
    """Subscribe to everything, on a connection of one's own."""
    async with (
        open_channel(address, service="enrichment", subscriber=True) as channel,
        aclosing(aiter(_stream(channel))) as frames,
    ):
        async for frame in frames:
            if frame.HasField("batch"):
                received.add(frame.batch.chains)
            elif frame.HasField("caught_up"):
                await live.wait()


def _stream(channel: grpc.aio.Channel) -> Any:
    call = channel.unary_stream(
        _METHOD,
        request_serializer=pb.StreamChainsRequest.SerializeToString,
        response_deserializer=dated_frame().FromString,
    )
    return call(pb.StreamChainsRequest())


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
                    "chains": len(received.latencies),
                    "processor_seconds": used,
                    "latencies": [round(latency, 6) for latency in received.latencies],
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
