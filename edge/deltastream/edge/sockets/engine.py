"""python-socketio and python-engineio, mended through their own extension points.

Three of their defaults do not hold for a public edge: send queues grow without bound, background
tasks outlive the server, and packets are trusted. Each has a place to hook in: `create_queue` and
`start_background_task` of the engine, `packet_class` of the server; and `connect` of the client
manager says when a client may be written to.

The libraries carry no types. This module, `outlet`, `packets`, `engine_sessions` and `server` are
the only ones that know them (python-socketio 5.18, python-engineio 4.15).
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from deltastream.edge.sockets.frames import Frame
from deltastream.edge.sockets.library import engineio, socketio
from deltastream.edge.sockets.mailbox import Mailbox
from deltastream.edge.sockets.outlet import WebSocket

# What python-engineio's own client takes in one polling response; more breaks its connection.
_BATCH_LIMIT: Final = 16
_ANYBODY: Final = "*"

ClientMailbox = Mailbox[Frame]

# What the engine logs, with a traceback, for every packet that is none.
_FAULTS_OF_CLIENTS: Final = ("Unknown receive error", "post request handler error")

engine_log = logging.getLogger("deltastream.edge.sockets.engine")
engine_log.setLevel(logging.ERROR)
engine_log.addFilter(lambda record: record.msg not in _FAULTS_OF_CLIENTS)


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The transport: sessions over websockets and long polling."""

    def __init__(self, *, reply_limit: int, named_origins: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._named_origins = tuple(named_origins)
        self._async: dict[str, Any] = {**self._async, "websocket": WebSocket}
        self._reply_limit = reply_limit
        self._background: set[asyncio.Task[Any]] = set()

    def create_queue(self, *_: Any, **__: Any) -> ClientMailbox:
        """Return a session's send queue."""
        return Mailbox(reply_limit=self._reply_limit, batch_limit=_BATCH_LIMIT)

    def start_background_task(
        self, target: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any
    ) -> asyncio.Task[Any]:
        """Start a task that ends with the server at the latest."""
        task = asyncio.create_task(target(*args, **kwargs))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def _cors_allowed_origins(self, environ: dict[str, Any]) -> Any:
        """Return the origins of pages that may connect: ours, and those named; None is any.

        What the library does not see is TLS.
        """
        if _ANYBODY in self._named_origins:
            return None
        if environ["aiohttp.request"].secure:
            environ["wsgi.url_scheme"] = "https"
        return [*super()._cors_allowed_origins(environ), *self._named_origins]

    async def shutdown(self) -> None:
        """End all background tasks."""
        await super().shutdown()
        tasks = list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Manager(socketio.AsyncManager):  # type: ignore[misc]  # the library has no types
    """Knows which clients are connected, and says so."""

    def __init__(self, on_connected: Callable[[str], None]) -> None:
        super().__init__()
        self._on_connected = on_connected

    async def connect(self, sid: str, namespace: str) -> str:
        """Take in a client that was admitted and has just been told so."""
        connected: str = await super().connect(sid, namespace)
        self._on_connected(connected)
        return connected


class Server(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The protocol of events on top of the transport."""

    def _engineio_server_class(self) -> type[Engine]:
        return Engine
