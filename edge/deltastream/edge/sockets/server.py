"""A Socket.IO server in types: whom to admit, what to answer, and a mailbox for each client."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import hdrs, web

from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import RateLimiter
from deltastream.edge.sockets import http
from deltastream.edge.sockets.admission import AddressLimits
from deltastream.edge.sockets.connections import Connections
from deltastream.edge.sockets.engine import Manager, Server, engine_log
from deltastream.edge.sockets.engine_sessions import EngineSessions
from deltastream.edge.sockets.farewells import Farewells
from deltastream.edge.sockets.library import socketio
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.edge.sockets.packets import ClientPacket
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.sessions import Sessions
from deltastream.log_library import structlog

_log = structlog.get_logger()


class SocketServer:
    """Socket.IO on aiohttp, over websockets and long polling.

    Requests of one client are handled one after the other, in the loop that reads them: a client
    that sends faster than it is served is slowed down by its own connection.
    """

    def __init__(
        self,
        *,
        sessions: Sessions,
        allowed_origins: Sequence[str],
        limits: SocketLimits,
        monotonic: Callable[[], float],
        callers: Callers,
        limiter: RateLimiter | None,
    ) -> None:
        """Make a server that serves nobody yet.

        Args:
            sessions: decides and answers.
            allowed_origins: of other sites whose pages may connect, besides the edge's own.
            limits: see SocketLimits.
            monotonic: the time in seconds.
            callers: says from which address a request comes.
            limiter: counts the requests of an address; None for any number.
        """
        self._sessions = sessions
        self._limits = limits
        self._monotonic = monotonic
        self._connections = Connections(close_seconds=limits.close_seconds, monotonic=monotonic)
        self._silent_since: dict[str, float] = {}
        self._closing = False
        self._server: Any = Server(
            async_mode="aiohttp",
            client_manager=Manager(self._connected),
            serializer=ClientPacket,
            logger=engine_log,
            engineio_logger=engine_log,
            async_handlers=False,
            # The library itself is to know of none: then it lets in the pages of this server.
            cors_allowed_origins=None,
            named_origins=allowed_origins,
            ping_interval=limits.ping_interval,
            ping_timeout=limits.ping_timeout,
            max_http_buffer_size=limits.packet_bytes,
            http_compression=False,
            reply_limit=limits.replies,
        )
        self._engine = EngineSessions(self._server)
        self._farewells = Farewells(self._engine, seconds=limits.close_seconds, monotonic=monotonic)
        self._addresses = AddressLimits(
            self._engine, callers, most_sessions=limits.sockets_per_address, limiter=limiter
        )
        self._server.on("connect", self._connecting)
        self._server.on("disconnect", self._disconnected)
        self._server.on("*", self._requested)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request of the transport; a websocket's lasts as long as the websocket.

        Raises:
            web.HTTPException: the request is refused as such.
            StatusError: its address has too many sessions.
        """
        if self._closing:
            raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: "1"})
        self._addresses.check_session(request)
        if http.is_websocket(request):
            return await self._handle_websocket(request)
        if request.method == hdrs.METH_POST:
            await http.receive_body(
                request, limit=self._limits.packet_bytes, seconds=self._limits.body_seconds
            )
        session = request.query.get("sid", "")
        mailbox = self._engine.mailbox_of(session) if self._engine.is_open(session) else None
        response: web.StreamResponse = await self._server.handle_request(request)
        if mailbox is not None and not self._engine.is_open(session):
            # The client said goodbye, and the engine leaves its poll unanswered.
            mailbox.put_nowait(None)
        await self._farewells.answered(session)
        return response

    async def sweep(self) -> None:
        """End sessions that were never admitted, or whose credentials have ended.

        Connections that outlive their session are cut.
        """
        now = self._monotonic()
        sessions = self._engine.open()
        silent = [session for session in sessions if not self._engine.is_admitted(session)]
        self._silent_since = {s: self._silent_since.get(s, now) for s in silent}
        for session, since in self._silent_since.items():
            if now - since >= self._limits.connect_seconds:
                await self._engine.end(session)
        used = (self._engine.connection_of(session) for session in sessions)
        self._connections.sweep([connection for connection in used if connection is not None])
        for sid in await self._sessions.overdue():
            _log.info("socket_credentials_ended", sid=sid)
            ended = self._engine.session_of(sid)
            self._sessions.leave(sid)
            if ended is not None:
                await self._farewells.take(ended)
        await self._farewells.sweep()

    async def close(self) -> None:
        """End all sessions and all background tasks.

        May be called again, and then does nothing.
        """
        if self._closing:
            return
        self._closing = True
        for session in self._engine.open():
            await self._engine.end(session)
        await self._server.shutdown()
        await self._connections.close()

    async def _handle_websocket(self, request: web.Request) -> web.StreamResponse:
        connection = request.transport
        if connection is None:
            raise web.HTTPBadRequest
        session = request.query.get("sid", "")
        self._engine.upgrading(session, connection)
        plain = http.without_compression(request)
        with self._connections.opened(connection):
            try:
                response: web.StreamResponse = await self._server.handle_request(plain)
            except (ValueError, OSError) as error:
                # What is no packet of the engine's: it gives up, and forgets about the session.
                _log.info("socket_broken", error=str(error))
                connection.abort()
                response = web.Response()
            finally:
                await self._engine.end_on(plain)
                self._engine.closed(session, connection)
        return response

    async def _connecting(self, sid: str, _: object, auth: object) -> None:
        try:
            await self._sessions.admit(sid, auth)
        except RefusedError as refused:
            raise socketio.exceptions.ConnectionRefusedError(
                refused.message, refused.payload
            ) from None

    def _connected(self, sid: str) -> None:
        session = self._engine.session_of(sid)
        if session is None:
            self._engine.forget_client(sid)
            self._sessions.leave(sid)
        else:
            self._sessions.join(sid, self._engine.mailbox_of(session))

    async def _disconnected(self, sid: str, _: object) -> None:
        self._sessions.leave(sid)

    async def _requested(self, event: str, sid: str, *arguments: object) -> dict[str, object]:
        try:
            await self._addresses.check_request(sid, account=self._sessions.account_of(sid))
        except RefusedError as refused:
            ack = self._sessions.refuse(sid, refused)
        else:
            ack = await self._sessions.answer(sid, event, arguments)
        session = self._engine.session_of(sid)
        if session is not None and self._engine.mailbox_of(session).overflowed:
            _log.info("socket_replies_unread", sid=sid)
            await self._engine.end(session)
        return ack
