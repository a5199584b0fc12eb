"""Who leaves while something is sent to them is no fault of ours: over a real server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from structlog.testing import capture_logs
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import loopback

from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamTicksRequest,
    StreamTicksResponse,
)
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)

SERVICE: Final = "deltastream.enrichment.v1.EnrichmentService"
READERS: Final = 20
SECONDS: Final = 10.0
# Many times a window: while it is read, a part of it waits for the reader.
FRAME: Final = StreamTicksResponse(sequence=1, resume_token="x" * 1_000_000)


class Enrichment(EnrichmentServiceServicer):
    """Streams as fast as it is read."""

    def __init__(self) -> None:
        self.ended = 0

    async def StreamTicks(
        self, request: StreamTicksRequest, context: Any
    ) -> AsyncIterator[StreamTicksResponse]:
        try:
            while True:
                yield FRAME
        finally:
            self.ended += 1


async def test_a_reader_who_leaves_while_a_frame_is_on_its_way_has_cancelled_the_call() -> None:
    servicer = Enrichment()

    async def ended() -> int:
        return servicer.ended

    with capture_logs() as logs:
        async with (
            asyncio.timeout(SECONDS),
            loopback(
                lambda server: add_EnrichmentServiceServicer_to_server(servicer, server),
                service=SERVICE,
            ) as channel,
        ):
            stub = EnrichmentServiceStub(channel)
            calls = [stub.StreamTicks(StreamTicksRequest()) for _ in range(READERS)]
            for call in calls:
                await call.read()
            for call in calls:
                call.cancel()
            await eventually(ended, READERS.__eq__)
    ends = [log["event"] for log in logs if log["event"].startswith("rpc_")]
    assert ends == ["rpc_cancelled"] * READERS
