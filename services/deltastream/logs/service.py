"""LogsService: what the mesh, and others, have logged."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from deltastream.logs.encoding import ingested, written
from deltastream.logs.keeper import Keeper
from deltastream.logs.listing import Listing
from deltastream.logs.tail import Tail
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import LogsServiceServicer
from deltastream.ports.clock import Clock
from deltastream.ports.log_store import LogStore
from deltastream.runtime.interceptors.base import Context


class LogsServicer(LogsServiceServicer):
    """Translates between the contract and the log."""

    def __init__(self, *, store: LogStore, keeper: Keeper, clock: Clock) -> None:
        self._store = store
        self._keeper = keeper
        self._clock = clock

    async def Ingest(
        self, request_iterator: AsyncIterator[pb.IngestRequest], context: Context
    ) -> pb.IngestResponse:
        """Keep what a role has logged."""
        accepted = 0
        async for request in request_iterator:
            entries = ingested(request, now=self._clock())
            await self._keeper.keep(entries)
            accepted += len(entries)
        return pb.IngestResponse(accepted=accepted)

    async def WriteLogs(
        self, request: pb.WriteLogsRequest, context: Context
    ) -> pb.WriteLogsResponse:
        """Keep what another program has logged."""
        entries = written(request, now=self._clock())
        await self._keeper.keep(entries)
        return pb.WriteLogsResponse(status="logged", accepted=len(entries))

    async def QueryLogs(
        self, request: pb.QueryLogsRequest, context: Context
    ) -> pb.QueryLogsResponse:
        """List records, newest first."""
        listing = Listing.of(request)
        page = await self._store.query(listing.wanted, listing.window)
        return listing.answer(request.service, page)

    async def TailLogs(
        self, request: pb.TailLogsRequest, context: Context
    ) -> AsyncIterator[pb.TailLogsResponse]:
        """Stream records as they come."""
        tail = Tail(request, store=self._store, keeper=self._keeper)
        async with aclosing(tail.frames()) as frames:
            async for frame in frames:
                yield frame
