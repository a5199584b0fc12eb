"""Services of the future, as a process: prints its port, then what it is asked, a line each.

Its chains of NIFTY are the events 1, 2, 4 and 5; what is new in the contract came as the third.
A LOSSLESS stream breaks after that.
"""

# What is checked here is the contract of today.
# mypy: disable-error-code="attr-defined,call-arg"

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.feed.v1 import feed_service_pb2 as feed_pb
from deltastream.feed.v1.feed_service_pb2_grpc import (
    FeedServiceServicer,
    add_FeedServiceServicer_to_server,
)
from deltastream.market.v1 import chain_pb2, missing_pb2, session_pb2
from deltastream.stream.v1 import stream_pb2

LAST = 5
NEWS = 3


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def chain(sequence: int) -> chain_pb2.EnrichedChain:
    return chain_pb2.EnrichedChain(
        product="NIFTY",
        expiry="2026-01-27",
        timestamp=Timestamp(seconds=1_769_000_000 + sequence),
        sequence=sequence,
        crowding=sequence / 2,
        missing=[
            missing_pb2.MissingValue(field="pcr_oi", reason=missing_pb2.MISSING_REASON_NOBODY_THERE)
        ],
    )


def frame_at(position: int, *, snapshot: bool = False) -> Any:
    """Return the frame at a position of the log."""
    token = str(position)
    if position == NEWS:
        return pb.StreamChainsResponse(
            resume_token=token, watermark=stream_pb2.Watermark(complete_until=position)
        )
    batch = pb.ChainBatch(chains=[chain(position)], snapshot=snapshot)
    return pb.StreamChainsResponse(resume_token=token, batch=batch)


def frames_after(token: str) -> list[Any]:
    frames = [pb.StreamChainsResponse(started=stream_pb2.Started())]
    if not token:
        frames.append(frame_at(1, snapshot=True))
        frames.append(
            pb.StreamChainsResponse(resume_token="1", caught_up=stream_pb2.CaughtUp())  # noqa: S106
        )
    frames += [frame_at(position) for position in range(int(token or 1) + 1, LAST + 1)]
    beat = stream_pb2.Heartbeat(session=session_pb2.MARKET_SESSION_CLOSING_AUCTION)
    frames.append(pb.StreamChainsResponse(resume_token=str(LAST), heartbeat=beat))
    return frames


class Enrichment(EnrichmentServiceServicer):
    """Streams the log."""

    async def StreamChains(self, request: Any, context: Any) -> AsyncIterator[Any]:
        say(json.dumps({"token": request.resume_token, "delivery": request.delivery}))
        for number, frame in enumerate(frames_after(request.resume_token), start=1):
            frame.sequence = number
            yield frame
            lossless = request.delivery == stream_pb2.DELIVERY_POLICY_LOSSLESS
            if frame.HasField("watermark") and lossless:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "on purpose")


class Feed(FeedServiceServicer):
    """Knows of a session that is new."""

    async def GetFeedStatus(self, request: Any, context: Any) -> Any:
        return feed_pb.GetFeedStatusResponse(
            description="a feed", session=session_pb2.MARKET_SESSION_CLOSING_AUCTION
        )

    async def GetFeedOutlook(self, request: Any, context: Any) -> Any:
        return feed_pb.GetFeedOutlookResponse(outlook="calm")


async def main() -> None:
    server = grpc.aio.server()
    add_EnrichmentServiceServicer_to_server(Enrichment(), server)
    add_FeedServiceServicer_to_server(Feed(), server)
    say(server.add_insecure_port("127.0.0.1:0"))
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
