"""Many Socket.IO clients in one process: `… URL COUNT SECONDS [SUBJECT]`.

They speak just as much of the protocol as they must, on raw connections, so that little of the
machine's time goes into receiving. With a SUBJECT, "chain", each subscribes to the whole chains of
all products. Prints one line of JSON when all are connected, and one with what they got after that:
how many frames, and how late a sample of them was.
"""

import asyncio
import base64
import json
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlsplit

from benchmarks.sample_messages import PRODUCTS

_HANDSHAKE: Final = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
_CONNECT_SECONDS: Final = 30.0
_SETTLING_SECONDS: Final = 3.0
_DATED_EVERY: Final = 50
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_OPEN, _PING, _PONG = b"0", b"2", "3"
_CONNECT, _CONNECTED, _UPDATE = "40", b"40", b"42"


@dataclass(slots=True)
class _Received:
    """What all clients got together."""

    frames: int = 0
    content: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, frame: memoryview, event: bytes, dated: bytes) -> None:
        """Count a frame if it is of the event that is measured, and date one of many."""
        if frame[: len(event)] != event:
            return
        self.frames += 1
        self.content += len(frame)
        if self.frames % _DATED_EVERY == 0:
            _, _, rest = bytes(frame).rpartition(dated)
            sent_at = datetime.fromisoformat(rest[: rest.index(b'"')].decode())
            self.latencies.append(time.time() - sent_at.timestamp())

    def clear(self) -> None:
        self.frames = self.content = 0
        self.latencies.clear()


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, host: str, received: _Received, subject: str) -> None:
        self._host = host
        self._received = received
        self._subject = subject
        chains = subject == "chain"
        self._event = b'42["chain_update"' if chains else b'42["underlying_update"'
        self._dated = b'"published_at":"' if chains else b'"timestamp":"'
        self._rest = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(_HANDSHAKE.format(host=self._host, key=key).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.connected.done():
            self.connected.set_exception(ConnectionError(f"closed: {exc}"))

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if not self._upgraded:
            head, end, rest = self._rest.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101 "), bytes(head)  # noqa: S101 - or nothing works
            self._upgraded, self._rest = True, rest
        used = 0
        with memoryview(self._rest) as view:
            while (found := _frame_at(view, used)) is not None:
                begin, used = found
                self._take(view[begin:used])
        del self._rest[:used]

    def _take(self, frame: memoryview) -> None:
        if frame[:2] == _UPDATE:
            self._received.add(frame, self._event, self._dated)
        elif frame[:1] == _PING:
            self._send(_PONG)
        elif frame[:1] == _OPEN:
            self._send(_CONNECT)
        elif frame[:2] == _CONNECTED:
            if self._subject == "chain":
                for symbol in PRODUCTS:
                    self._send(f'42["subscribe",{{"type":"chain","symbol":"{symbol}"}}]')
            self.connected.set_result(None)

    def _send(self, text: str) -> None:
        """Send a frame, under a mask that changes nothing."""
        assert self._transport is not None  # noqa: S101 - it is what was connected
        content = text.encode()
        self._transport.write(bytes((0x81, 0x80 | len(content), 0, 0, 0, 0)) + content)


def _frame_at(view: memoryview, at: int) -> tuple[int, int] | None:
    """Return where the content of a frame begins and ends; None while some of it is missing."""
    there = len(view) - at
    if there < 2:
        return None
    size, begin = view[at + 1], at + 2
    wide = {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(size, 0)
    if wide:
        if there < 2 + wide:
            return None
        size, begin = int.from_bytes(view[begin : begin + wide]), begin + wide
    return (begin, begin + size) if len(view) >= begin + size else None


async def _measure(url: str, count: int, seconds: float, subject: str) -> None:
    where = urlsplit(url)
    received = _Received()
    loop = asyncio.get_running_loop()
    for _ in range(count):
        _, client = await loop.create_connection(
            lambda: _Client(where.netloc, received, subject),
            where.hostname or "",
            where.port or 80,
        )
        async with asyncio.timeout(_CONNECT_SECONDS):
            await client.connected
    print(json.dumps({"connected": count}), flush=True)
    await asyncio.sleep(_SETTLING_SECONDS)
    received.clear()
    print(json.dumps({"begun": True}), flush=True)
    begun, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    result = {
        "frames": received.frames,
        "content": received.content,
        "seconds": time.perf_counter() - begun,
        "latencies": [round(latency, 5) for latency in received.latencies],
        "processor_seconds": time.process_time() - used,
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), " ".join(sys.argv[4:])))
