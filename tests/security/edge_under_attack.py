"""An edge in a process of its own, with short patience, and what to attack it with."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import psutil
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import environment
from tests.passthrough.public_mesh import public_mesh
from tests.passthrough.recording import Context

from deltastream.supervisor.ports import free_listeners

DEADLINE: Final = 10.0
START_SECONDS: Final = 30.0
MOST_GROWTH: Final = 50 * 1024 * 1024
PATIENCE: Final = {
    "DELTASTREAM_EDGE_SOCKETIO_LISTEN": "",
    "DELTASTREAM_ALLOW_ANONYMOUS": "true",
    "DELTASTREAM_SOCKET_CONNECT_SECONDS": "0.5",
    "DELTASTREAM_IDLE_SECONDS": "0.5",
    "DELTASTREAM_BODY_SECONDS": "0.5",
    "DELTASTREAM_WRITE_SECONDS": "0.5",
    "DELTASTREAM_DRAIN_SECONDS": "0",
    "DELTASTREAM_CLIENT_RATE": "0",
    "DELTASTREAM_CREDENTIALS_RATE": "0",
    "DELTASTREAM_ACCOUNT_RATE": "0",
}


async def say_nothing(_: bytes, __: Context) -> bytes:
    """Answer every call with an empty message."""
    return b""


class Connection:
    """A connection on which a test says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer

    async def send(self, content: bytes) -> None:
        """Send, whether or not the edge still listens."""
        try:
            self._writer.write(content)
            await self._writer.drain()
        except ConnectionError:
            pass

    async def drip(self, content: bytes, *, pause: float = 0.05) -> None:
        """Send one byte after the other until the edge has closed the connection."""
        for number in range(len(content)):
            await self.send(content[number : number + 1])
            await asyncio.sleep(pause)
            if self.reader.at_eof() or self._writer.is_closing():
                return

    async def until_closed(self) -> bytes:
        """Return all that the edge says until it closes the connection."""
        said = b""
        async with asyncio.timeout(DEADLINE):
            try:
                while received := await self.reader.read(65_536):
                    said += received
            except ConnectionError:
                pass
        return said

    async def close(self) -> None:
        """Leave."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@dataclass(frozen=True, kw_only=True)
class Target:
    """The edge under attack.

    Attributes:
        process: of the edge.
        address: HOST:PORT of its HTTP.
        log: what it has written.
    """

    process: psutil.Process
    address: str
    log: Path

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Open a connection."""
        host, _, port = self.address.rpartition(":")
        connection = Connection(*await asyncio.open_connection(host, int(port)))
        try:
            yield connection
        finally:
            await connection.close()

    async def answer(self, request: bytes) -> bytes:
        """Send something, and return all that is said until the connection closes."""
        async with self.connection() as connection:
            await connection.send(request)
            return await connection.until_closed()

    @property
    def memory(self) -> int:
        """The bytes that are resident."""
        return int(self.process.memory_info().rss)

    async def is_well(self) -> bool:
        """Say whether it answers others."""
        url = f"http://{self.address}/health"
        try:
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False


@asynccontextmanager
async def edge_under_attack(folder: Path, **settings: str) -> AsyncIterator[Target]:
    """Run an edge before services that have nothing to say, and yield it once it answers."""
    listeners = {name: address for name, address in free_listeners(port=None).items() if address}
    address = listeners["DELTASTREAM_EDGE_LISTEN"]
    log = folder / "edge.log"
    async with public_mesh() as mesh:
        mesh.script(say_nothing)
        addresses = {
            f"DELTASTREAM_{role.upper()}_ADDRESS": it for role, it in mesh.addresses.items()
        }
        async with _process(log, PATIENCE | listeners | addresses | settings) as pid:
            target = Target(process=psutil.Process(pid), address=address, log=log)
            await _until_it_answers(target)
            yield target


@asynccontextmanager
async def _process(log: Path, settings: dict[str, str]) -> AsyncIterator[int]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deltastream.edge"),
            env=environment(**settings),
            cwd=log.parent,
            stdout=output,
            stderr=output,
        )
    try:
        yield process.pid
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until_it_answers(target: Target) -> None:
    async def answers() -> bool:
        assert target.process.is_running(), target.log.read_text()
        return await target.is_well()

    await eventually(answers, bool, seconds=START_SECONDS)


def status_of(answer: bytes) -> int | None:
    """Return the status of the first response; None when there is none."""
    line = answer.split(b"\r\n", 1)[0].split(b" ")
    return int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/1.") else None


def post(path: str, body: bytes, *headers: str) -> bytes:
    """Return a request with a body, after which the connection is to be closed."""
    head = [f"POST {path} HTTP/1.1", "Host: edge", "Connection: close", *headers]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


def websocket(*frames: bytes) -> bytes:
    """Return what opens a websocket of Socket.IO, and frames that follow at once."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    head = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        "Host: edge",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*head, "", ""]).encode() + b"".join(frames)


def frame(opcode: int, payload: bytes, *, final: bool = True, masked: bool = True) -> bytes:
    """Return a websocket frame, well-formed or not."""
    first = (0x80 if final else 0) | opcode
    mask = 0x80 if masked else 0
    length = (
        bytes([mask | len(payload)])
        if len(payload) < 126
        else bytes([mask | 127]) + len(payload).to_bytes(8, "big")
    )
    return bytes([first]) + length + (bytes(4) if masked else b"") + payload


def noise(size: int) -> bytes:
    """Return bytes that are nothing, the same ones each time."""
    return Random(size).randbytes(size)  # noqa: S311 - it keeps no secret
