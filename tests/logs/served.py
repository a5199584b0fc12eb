"""LogsService as its role serves it, on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc
from tests.fixtures.grpc_loopback import LoopbackSettings

from deltastream.adapters.logs.choose import open_logs
from deltastream.logs.keeper import Keeper
from deltastream.logs.service import LogsServicer
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import (
    LogsServiceStub,
    add_LogsServiceServicer_to_server,
)
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogStore
from deltastream.runtime.health import Health
from deltastream.runtime.server import serving

SERVICE = "deltastream.logs.v1.LogsService"
SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """A log that is served, with short ways to what tests do most."""

    stub: LogsServiceStub
    channel: grpc.aio.Channel
    address: str
    store: LogStore
    keeper: Keeper

    async def write(self, event: str = "something_happened", **fields: Any) -> None:
        """Write one record."""
        request = pb.WriteLogsRequest(event=event, **{"service": "storage", **fields})
        await self.stub.WriteLogs(request, timeout=SECONDS)

    async def query(self, **fields: Any) -> pb.QueryLogsResponse:
        """Ask for a page."""
        return await self.stub.QueryLogs(pb.QueryLogsRequest(**fields), timeout=SECONDS)

    async def ingest(self, *requests: pb.IngestRequest) -> int:
        """Ship some records; return how many were accepted."""
        answer = await self.stub.Ingest(iter(requests), timeout=SECONDS)
        return answer.accepted


@asynccontextmanager
async def serving_logs(
    url: str, *, clock: Clock, most_bytes: int = 1 << 24, age: timedelta | None = None
) -> AsyncIterator[Served]:
    """Serve a log."""
    store = await open_logs(url, most_bytes=most_bytes, clock=clock)
    keeper = Keeper(store, age=age, clock=clock)
    servicer = LogsServicer(store=store, keeper=keeper, clock=clock)
    try:
        async with (
            serving(
                listen="127.0.0.1:0",
                services=(SERVICE,),
                add_servicers=lambda server: add_LogsServiceServicer_to_server(servicer, server),
                health=Health(services=(SERVICE,), probes={}),
                settings=LoopbackSettings(reflection=False, drain_seconds=0.2),
            ) as port,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            yield Served(
                stub=LogsServiceStub(channel),
                channel=channel,
                address=f"127.0.0.1:{port}",
                store=store,
                keeper=keeper,
            )
    finally:
        await store.close()
