"""The engine's sessions, looked at and ended.

A session is one client's use of the transport, whatever connections it takes. Once the client is
admitted it has a `sid` too, by which Socket.IO names it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from deltastream.edge.sockets import http
from deltastream.edge.sockets.engine import ClientMailbox, Server
from deltastream.edge.sockets.library import socketio

_NAMESPACE: Final = "/"


class EngineSessions:
    """What this package needs of `eio`, `manager` and `environ` of a Socket.IO server."""

    def __init__(self, server: Server) -> None:
        """Look at the sessions of a server."""
        self._manager: Any = server.manager
        self._environ: dict[str, Any] = server.environ
        self._sockets: dict[str, Any] = server.eio.sockets
        self._upgraded: dict[str, asyncio.Transport] = {}

    def open(self) -> list[str]:
        """Return the sessions that have not ended."""
        return [session for session, socket in self._sockets.items() if not socket.closed]

    def opened_by(self, is_asked_for: Callable[[web.Request], bool]) -> int:
        """Return how many sessions were opened by requests of a kind."""
        return sum(is_asked_for(self._environ[s]["aiohttp.request"]) for s in self.open())

    def request_of(self, sid: str) -> web.Request | None:
        """Return the request that opened a client's session; None when it has ended."""
        environ: dict[str, web.Request] = self._environ.get(self.session_of(sid) or "", {})
        return environ.get("aiohttp.request")

    def is_open(self, session: str) -> bool:
        """Say whether there is a session that has not ended."""
        return session in self._sockets and not self._sockets[session].closed

    def is_admitted(self, session: str) -> bool:
        """Say whether a session's client has connected, or is being admitted."""
        return self._manager.sid_from_eio_sid(session, _NAMESPACE) is not None

    def session_of(self, sid: str) -> str | None:
        """Return the session of a client; None when it has ended."""
        session: str | None = self._manager.eio_sid_from_sid(sid, _NAMESPACE)
        return session if session is not None and self.is_open(session) else None

    def mailbox_of(self, session: str) -> ClientMailbox:
        """Return what waits for a session's client."""
        mailbox: ClientMailbox = self._sockets[session].queue
        return mailbox

    def forget_client(self, sid: str) -> None:
        """Forget a client whose session ended while it was being admitted."""
        self._manager.basic_disconnect(sid, _NAMESPACE)

    def connection_of(self, session: str) -> asyncio.Transport | None:
        """Return the connection of a session that is on a websocket, or moving to one."""
        if session in self._upgraded:
            return self._upgraded[session]
        request = self._environ.get(session, {}).get("aiohttp.request")
        return request.transport if request is not None and http.is_websocket(request) else None

    def upgrading(self, session: str, connection: asyncio.Transport) -> None:
        """Note that a polling session moves to a websocket, if there is such a session."""
        if session in self._sockets:
            self._upgraded.setdefault(session, connection)

    def closed(self, session: str, connection: asyncio.Transport) -> None:
        """Note that a connection is no longer that of a session."""
        if self._upgraded.get(session) is connection:
            del self._upgraded[session]

    async def end_on(self, request: web.Request) -> None:
        """End the session that used a websocket which is closed now, if it has not ended."""
        session = self._session_on(request)
        if session is not None:
            await self.end(session)

    def _session_on(self, request: web.Request) -> str | None:
        upgraded = self._sockets.get(request.query.get("sid", ""))
        if upgraded is not None:
            # A session whose upgrade was called off in good order goes on polling.
            return upgraded.sid if upgraded.upgraded or upgraded.upgrading else None
        return next(
            (s for s, environ in self._environ.items() if environ["aiohttp.request"] is request),
            None,
        )

    async def end(self, session: str) -> None:
        """End a session, in a way after which its client reconnects.

        The engine's own way sends a CLOSE packet first, which clients take for a wish that they
        stay away, and then leaves the websocket open.
        """
        socket = self._sockets.pop(session, None)
        if socket is None:
            return
        reason = socketio.AsyncServer.reason.SERVER_DISCONNECT
        await socket.close(wait=False, abort=True, reason=reason)
        socket.queue.put_nowait(None)
