"""The Socket.IO gateway of the edge, put together."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, NoReturn

from aiohttp import web

from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import RateLimiter
from deltastream.edge.sockets.audience import Audience
from deltastream.edge.sockets.authentication import Doorkeeper
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.catalogue import Catalogue
from deltastream.edge.sockets.clients import Clients
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.handlers import Handlers
from deltastream.edge.sockets.ledger import Ledger
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.server import SocketServer
from deltastream.edge.sockets.streams import open_streams
from deltastream.edge.sockets.subjects import SubjectKind
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.background import running
from deltastream.runtime.identity.service_token import Identity
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

# Room for a thousand updates a millisecond between two starts, and below what JavaScript counts.
_SEQ_BITS: Final = 10


class SocketGateway:
    """Serves the market to Socket.IO clients.

    However many clients there are, it follows one gRPC stream of ticks and one of chains, and only
    while somebody is connected; each update is encoded once.
    """

    def __init__(
        self,
        *,
        enrichment: EnrichmentServiceStub,
        storage: StorageServiceStub,
        doorkeeper: Doorkeeper,
        clock: Callable[[], datetime],
        allowed_origins: Sequence[str] = (),
        limits: SocketLimits | None = None,
        linger_seconds: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        callers: Callers | None = None,
        limiter: RateLimiter | None = None,
        identity: Identity | None = None,
    ) -> None:
        """Put the gateway together; it does nothing before `running`.

        Args:
            enrichment: streams ticks and chains; on a channel that is tuned for subscribers.
            storage: lists the products.
            doorkeeper: decides who may connect.
            clock: the present, in UTC.
            allowed_origins: of other sites whose pages may connect, besides the edge's own.
            limits: how much one client may ask.
            linger_seconds: how long the streams are kept when the last client has gone.
            monotonic: the time in seconds.
            chance: numbers in [0, 1), for the pauses between tries.
            callers: says from which address a client comes.
            limiter: counts what an address asks for; None for any number of times.
            identity: as whom the gateway follows the streams; None for nobody.
        """
        limits = limits or SocketLimits()
        kept = {SubjectKind.PRODUCT: limits.recent_ticks, SubjectKind.CHAIN: limits.recent_chains}
        ledger = Ledger(first_seq=_first_seq(clock()), kept=kept)
        rooms: Rooms[ClientMailbox] = Rooms()
        broadcast = Broadcast(ledger=ledger, rooms=rooms)
        catalogue = Catalogue(
            storage=storage, streamed=lambda: ledger.products, monotonic=monotonic
        )
        self._audience = Audience()
        self._linger_seconds = linger_seconds
        self._sweep_seconds = limits.close_seconds / 2.0
        self._streams = open_streams(
            enrichment, broadcast=broadcast, chance=chance, identity=identity
        )
        clients = Clients(
            doorkeeper=doorkeeper,
            handlers=Handlers(
                catalogue=catalogue,
                rooms=rooms,
                broadcast=broadcast,
                doorkeeper=doorkeeper,
                most_rooms=limits.rooms,
            ),
            rooms=rooms,
            broadcast=broadcast,
            audience=self._audience,
            limits=limits,
            monotonic=monotonic,
        )
        self._server = SocketServer(
            sessions=clients,
            allowed_origins=allowed_origins,
            limits=limits,
            monotonic=monotonic,
            callers=callers or Callers(),
            limiter=limiter,
        )

    def attach(self, app: web.Application, *, path: str = "/socket.io/") -> None:
        """Serve on a path of an application, and send clients away when it shuts down."""
        for method in ("GET", "POST", "OPTIONS"):
            app.router.add_route(method, path, self._server.handle)
        app.on_shutdown.append(self._shut_down)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the streams while the block runs; at its end, send the clients away.

        Leave it before the application's runner is cleaned up, which waits for connections.
        """
        follow = (
            self._audience.entertain(stream.follow, linger=self._linger_seconds)
            for stream in self._streams
        )
        async with running(*follow, self._sweep()):
            try:
                yield
            finally:
                await self._server.close()

    async def _sweep(self) -> NoReturn:
        while True:
            await self._server.sweep()
            await asyncio.sleep(self._sweep_seconds)

    async def _shut_down(self, _: web.Application) -> None:
        await self._server.close()


def _first_seq(now: datetime) -> int:
    """Return a number above all that an earlier run of the edge can have given.

    So a `seq` of that run is recognised as too old to resume from, and not taken for one of this.
    """
    return int(now.timestamp() * 1000) << _SEQ_BITS
