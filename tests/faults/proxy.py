"""A wire between two processes that does what wires do on a bad day."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import unquote, urlsplit

from tests.faults.resp import ReplySplitter

_CHUNK: Final = 1 << 16
_DIAL_SECONDS: Final = 5.0
# Closing with this option sends RST instead of FIN.
_LINGER_NOT: Final = struct.pack("ii", 1, 0)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Streams]]


class Way(StrEnum):
    """A direction."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


BOTH_WAYS: Final = frozenset(Way)


@dataclass(slots=True)
class Faults:
    """What the wire does at present; may be changed while it is in use.

    Attributes:
        delay: seconds that everything takes.
        slice_bytes: at most so many bytes are written at once, each in a packet; 0 is no bound.
        refusing: new connections are reset at once.
        swallowed: the directions in which everything disappears. Both make a black hole: even new
            connections are accepted, and nothing is ever answered.
        reply_loss: the share of replies to lose, of a wire that knows what a reply is.
        replies_to_lose: how many of the next replies to lose, all of them.
    """

    delay: float = 0.0
    slice_bytes: int = 0
    refusing: bool = False
    swallowed: frozenset[Way] = frozenset()
    reply_loss: float = 0.0
    replies_to_lose: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An end that closed its connection by itself.

    Attributes:
        at: when, by the loop's clock.
        opened_at: when the connection was made.
        by_client: else it was the server.
        swallowed: whether the wire was swallowing then, so that the other end was not told.
    """

    at: float
    opened_at: float
    by_client: bool
    swallowed: bool


@dataclass(slots=True, eq=False)
class Connection:
    """One connection through the wire.

    Attributes:
        opened_at: when it was made, by the loop's clock.
        torn: bytes of it were lost, and TCP never delivers what comes after a hole.
    """

    client: Streams
    server: Streams | None
    splitter: ReplySplitter | None
    opened_at: float
    torn: bool = False

    def reset(self) -> None:
        """Send RST both ways."""
        for end in (self.client, self.server):
            if end is not None:
                _reset(end[1])


@dataclass(slots=True)
class FaultProxy:
    """Relays between its own port and a server, with faults.

    Attributes:
        port: where clients reach it, on loopback.
        dial: connects to the server.
        random: which replies are lost.
        replies: whether what the server sends are replies of Redis, to be lost one by one.
        faults: what the wire does at present.
        opened: how many connections there were.
        lost_replies: how many replies were lost.
        closings: which ends closed by themselves.
    """

    dial: Dial
    random: Random
    replies: bool = False
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    opened: int = 0
    lost_replies: int = 0
    closings: list[Closing] = field(default_factory=list)
    connections: set[Connection] = field(default_factory=set)
    _serving: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def address(self) -> str:
        """HOST:PORT where clients reach it."""
        return f"127.0.0.1:{self.port}"

    def black_hole(self) -> None:
        """Swallow everything, both ways."""
        self.faults.swallowed = BOTH_WAYS

    def cut(self) -> None:
        """Reset every connection, and each that is tried, until it is healed."""
        self.faults.refusing = True
        self.reset()

    def heal(self) -> None:
        """Work again. Connections of which something was swallowed are reset."""
        self.faults = Faults()
        for connection in list(self.connections):
            if connection.torn:
                connection.reset()

    def reset(self) -> None:
        """Reset every connection; new ones are welcome."""
        for connection in list(self.connections):
            connection.reset()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a new connection."""
        self.opened += 1
        serving = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def close(self) -> None:
        """End all connections."""
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection until an end closes it."""
        connection = Connection(
            client=(reader, writer),
            server=None,
            splitter=ReplySplitter() if self.replies else None,
            opened_at=asyncio.get_running_loop().time(),
        )
        self.connections.add(connection)
        try:
            if self.faults.refusing:
                connection.reset()
            elif self.faults.swallowed == BOTH_WAYS:
                connection.torn = True
                await self._relay_until_closed(connection, Way.TO_SERVER, reader, None)
            else:
                connection.server = await self._dial()
                await self._relay_both(connection, connection.server)
        except (OSError, TimeoutError):
            # One end is gone, or was never there: the other one is told below.
            pass
        finally:
            self.connections.discard(connection)
            _close(connection)

    async def _dial(self) -> Streams:
        async with asyncio.timeout(_DIAL_SECONDS):
            return await self.dial()

    async def _relay_both(self, connection: Connection, server: Streams) -> None:
        client_reader, client_writer = connection.client
        server_reader, server_writer = server
        ways = {
            asyncio.create_task(
                self._relay_until_closed(connection, Way.TO_SERVER, client_reader, server_writer)
            ),
            asyncio.create_task(
                self._relay_until_closed(connection, Way.TO_CLIENT, server_reader, client_writer)
            ),
        }
        try:
            done, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if self.faults.swallowed and left:
                # The other end is not told, and has to find out by itself.
                await asyncio.wait(left)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _relay_until_closed(
        self,
        connection: Connection,
        way: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter | None,
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                if way in self.faults.swallowed or writer is None:
                    connection.torn = True
                elif way is Way.TO_CLIENT and connection.splitter is not None:
                    await self._pass_replies(connection, connection.splitter, data, writer)
                elif not connection.torn:
                    await self._pass(data, writer)
        finally:
            self.closings.append(
                Closing(
                    at=asyncio.get_running_loop().time(),
                    opened_at=connection.opened_at,
                    by_client=way is Way.TO_SERVER,
                    swallowed=bool(self.faults.swallowed),
                )
            )

    async def _pass_replies(
        self,
        connection: Connection,
        splitter: ReplySplitter,
        data: bytes,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Pass on whole replies, up to one that is lost: nothing can come after it."""
        for reply in splitter.feed(data):
            if connection.torn:
                return
            if self._is_lost():
                self.lost_replies += 1
                connection.torn = True
            else:
                await self._pass(reply, writer)

    def _is_lost(self) -> bool:
        if self.faults.replies_to_lose:
            self.faults.replies_to_lose -= 1
            return True
        return self.faults.reply_loss > 0 and self.random.random() < self.faults.reply_loss

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        step = self.faults.slice_bytes or len(data)
        for begin in range(0, len(data), step):
            writer.write(data[begin : begin + step])
            await writer.drain()
            if self.faults.slice_bytes:
                # Otherwise the next slice would go into the same packet.
                await asyncio.sleep(0)


@asynccontextmanager
async def fault_proxy(dial: Dial, *, seed: int, replies: bool = False) -> AsyncIterator[FaultProxy]:
    """Run a wire on a free port of loopback.

    Args:
        dial: connects to the server; see `to_url`.
        seed: which replies are lost depends on it.
        replies: whether it leads to a Redis, so that single replies can be lost.
    """
    random = Random(seed)  # noqa: S311 - chance that can be repeated, not secrets
    proxy = FaultProxy(dial=dial, random=random, replies=replies)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()


def to_url(url: str) -> Dial:
    """Return how to connect to `unix:///path`, `redis://host:port` or `tcp://host:port`."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        path = Path(unquote(parts.path))
        return lambda: asyncio.open_unix_connection(path)
    return lambda: asyncio.open_connection(parts.hostname, parts.port)


def _close(connection: Connection) -> None:
    for end in (connection.client, connection.server):
        if end is not None:
            end[1].close()


def _reset(writer: asyncio.StreamWriter) -> None:
    connected = writer.get_extra_info("socket")
    if connected is not None and connected.family != socket.AF_UNIX:
        with suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()
