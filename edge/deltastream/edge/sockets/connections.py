"""The TCP connections under websockets: tuned when they open, cut when they will not close."""

import asyncio
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Final

# Bytes that the kernel may hold for a client that has not been sent the earlier ones yet. Its
# default is megabytes, all of them stale by the time they arrive: better they wait in the mailbox,
# where newer updates replace them.
_UNSENT_BYTES: Final = 65_536


class Connections:
    """Knows the websocket connections, and cuts those that no session uses.

    The end of a session asks its client to close, and one that stopped reading never hears it.
    """

    def __init__(self, *, close_seconds: float, monotonic: Callable[[], float]) -> None:
        """Watch nothing yet.

        Args:
            close_seconds: how long a connection may be open without a session.
            monotonic: the time in seconds.
        """
        self._close_seconds = close_seconds
        self._monotonic = monotonic
        self._open: set[asyncio.Transport] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._unused_since: dict[asyncio.Transport, float] = {}

    @contextmanager
    def opened(self, connection: asyncio.Transport) -> Iterator[None]:
        """Tune a connection, and know it as open while the block runs."""
        _tune(connection)
        self._open.add(connection)
        self._none_open.clear()
        try:
            yield
        finally:
            self._open.discard(connection)
            if not self._open:
                self._none_open.set()

    def sweep(self, used: Collection[asyncio.Transport]) -> None:
        """Cut what is overdue.

        Args:
            used: the connections of the sessions that exist now.
        """
        now = self._monotonic()
        unused = self._open.difference(used)
        self._unused_since = {c: self._unused_since.get(c, now) for c in unused}
        for connection, since in self._unused_since.items():
            if now - since >= self._close_seconds:
                connection.abort()

    async def close(self) -> None:
        """Let the connections, whose sessions have all ended, close; cut those that do not."""
        await self._wait_until_closed()
        for connection in self._open:
            connection.abort()
        await self._wait_until_closed()

    async def _wait_until_closed(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._close_seconds):
                await self._none_open.wait()


def _tune(connection: asyncio.Transport) -> None:
    # A proxy may come by a Unix socket, and not every kernel has the option.
    tcp = connection.get_extra_info("socket")
    is_tcp = tcp is not None and tcp.family in {socket.AF_INET, socket.AF_INET6}
    if is_tcp and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
