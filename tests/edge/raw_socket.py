"""A client of the bare transport, for what a well-behaved one never does."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from tests.edge.sockets_mesh import DEADLINE

_TEXT: Final = 0x81
_BINARY: Final = 0x82
_SMALL_BUFFER: Final = 32_768


class RawSocket:
    """A websocket of which a test writes the frames, and reads them or does not."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self.head = ""

    async def send(self, text: str) -> None:
        await self._send(_TEXT, text.encode())

    async def send_bytes(self, data: bytes) -> None:
        await self._send(_BINARY, data)

    async def receive(self) -> str | None:
        """Return the next message; None when the server has closed."""
        header = await self._take(2)
        if not header or header[0] != _TEXT:
            return None
        size = header[1]
        if size == 126:
            size = struct.unpack("!H", await self._take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self._take(8))[0]
        return (await self._take(size)).decode()

    async def receive_until(self, beginning: str) -> str:
        while (message := await self.receive()) is not None:
            if message.startswith(beginning):
                return message
        raise AssertionError(f"the server closed before it sent {beginning}")

    async def connect(self) -> None:
        """Connect to the default namespace."""
        await self.receive_until("0{")
        await self.send("40")
        await self.receive_until("40{")

    async def wait_until_closed(self) -> None:
        """Read on until the server has closed the connection."""
        async with asyncio.timeout(DEADLINE):
            try:
                while await self._loop.sock_recv(self._connection, 65536):
                    pass
            except ConnectionError:
                pass

    async def _send(self, kind: int, data: bytes) -> None:
        size = (
            struct.pack("!B", 0x80 | len(data))
            if len(data) < 126
            else struct.pack("!BQ", 0x80 | 127, len(data))
        )
        # A mask of zeros leaves the data as it is.
        frame = bytes([kind]) + size + bytes(4) + data
        async with asyncio.timeout(DEADLINE):
            await self._loop.sock_sendall(self._connection, frame)

    async def _take(self, count: int) -> bytes:
        async with asyncio.timeout(DEADLINE):
            while len(self._received) < count:
                received = await self._loop.sock_recv(self._connection, 65536)
                if not received:
                    return b""
                self._received += received
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    async def handshake(self, headers: str) -> str:
        """Send an HTTP request and return the head of the answer."""
        await self._loop.sock_sendall(self._connection, headers.encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self._take(1)
        return head.decode()


@asynccontextmanager
async def raw_socket(
    url: str, *, extra: str = "", receive_buffer: int = _SMALL_BUFFER
) -> AsyncIterator[RawSocket]:
    """Open a websocket of the Engine.IO transport, for which the kernel holds so many bytes."""
    address = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.socket() as connection:
        connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(connection, (address.hostname, address.port))
        raw = RawSocket(connection)
        raw.head = await raw.handshake(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n"
        )
        yield raw
