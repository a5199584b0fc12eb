"""The websockets of the engine, on which updates go out at once."""

from typing import Any

from aiohttp import web

from deltastream.edge.sockets.frames import Frame
from deltastream.edge.sockets.library import driver


class WebSocket(driver.WebSocket):  # type: ignore[misc]  # the library has no types
    """A websocket that is its mailbox's outlet while its client keeps up.

    For each packet the engine wakes up a task of the client, which has aiohttp put a head before
    it: more work than sending it. An update is written as it is, head and all, the same bytes to
    every client, and by whoever offers it. It is not while anything waits, here or in the
    connection: then the engine does its part, at the client's pace.
    """

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        """Serve a request until the websocket is closed."""
        self._connection = environ["aiohttp.request"].transport
        response: web.StreamResponse = await super().__call__(environ)
        return response

    async def send(self, message: str | bytes) -> None:
        """Send a packet, and wait until the connection has room for more."""
        await super().send(message)
        session = self.handler.__self__
        # Until then its client polls as well.
        if session.upgraded:
            session.queue.outlet = self._write

    def _write(self, frame: Frame) -> bool:
        """Write an update, if nothing that was written before waits to be sent."""
        connection = self._connection
        if connection is None or connection.is_closing() or connection.get_write_buffer_size():
            return False
        connection.write(frame.message())
        return True
