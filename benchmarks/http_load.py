"""Asks one thing over and over: `python -m benchmarks.http_load URL CONNECTIONS SECONDS [HEADER…]`.

Reads no more of the answers than where they end, so that little of the machine's time goes into
asking. Prints a line of JSON when it has begun in earnest, and one at the end: how long each answer
took, how many requests were refused as too many, and what this process used.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import urlsplit

_WARM_UP_SECONDS: Final = 1.0
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length: "
_LAST_CHUNK: Final = b"0\r\n\r\n"
_GOOD: Final = b"HTTP/1.1 200 "
_BUSY: Final = (b"HTTP/1.1 429 ", b"HTTP/1.1 503 ")


@dataclass(slots=True)
class _Answers:
    """What came back on all connections.

    Attributes:
        failed: why there will be no more.
        latencies: how long each answer took.
        refused: how many requests were refused as too many.
        size: of an answer's body; 0 while that came in chunks.
    """

    failed: asyncio.Future[None]
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    size: int = 0


class _Connection(asyncio.Protocol):
    """Sends the same request again as soon as the last one is answered."""

    def __init__(self, request: bytes, answers: _Answers) -> None:
        self._request = request
        self._answers = answers
        self._head = b""
        self._in_body = False
        self._good = False
        # Of a body of a known length.
        self._missing: int | None = None
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        if not self._in_body:
            self._head += data
            head, end, data = self._head.partition(_HEAD_END)
            if not end:
                return
            self._begin(head)
        if self._missing is not None:
            self._missing -= len(data)
        if self._missing == 0 or (self._missing is None and data.endswith(_LAST_CHUNK)):
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"the connection was closed: {exc}")

    def _ask(self) -> None:
        assert self._transport is not None  # noqa: S101 - it is what was connected
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)

    def _begin(self, head: bytes) -> None:
        """Note an answer that has this head."""
        self._in_body = True
        self._missing = _length_in(head)
        self._good = head.startswith(_GOOD)
        if self._good:
            self._answers.size = self._missing or 0
        elif not head.startswith(_BUSY):
            self._fail(head.decode(errors="replace"))

    def _finish(self) -> None:
        self._head, self._in_body = b"", False
        if self._good:
            self._answers.latencies.append(time.perf_counter() - self._sent_at)
        else:
            self._answers.refused += 1
        self._ask()

    def _fail(self, why: str) -> None:
        if not self._answers.failed.done():
            self._answers.failed.set_exception(RuntimeError(why))


def _length_in(head: bytes) -> int | None:
    _, named, rest = head.lower().partition(_LENGTH)
    return int(rest.partition(b"\r\n")[0]) if named else None


async def _measure(url: str, connections: int, seconds: float, headers: Sequence[str]) -> None:
    where = urlsplit(url)
    lines = [f"GET {where.path}?{where.query} HTTP/1.1", f"Host: {where.netloc}", *headers]
    request = "\r\n".join(lines).encode() + _HEAD_END
    loop = asyncio.get_running_loop()
    answers = _Answers(failed=loop.create_future())
    host, port = where.hostname or "", where.port or 80
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(request, answers), host, port)
    await _go_on(_WARM_UP_SECONDS, answers)
    answers.latencies.clear()
    answers.refused = 0
    print(json.dumps({"warm": True}), flush=True)
    begun, used = time.perf_counter(), time.process_time()
    await _go_on(seconds, answers)
    result = {
        "latencies": [round(latency, 7) for latency in answers.latencies],
        "refused": answers.refused,
        "size": answers.size,
        "seconds": time.perf_counter() - begun,
        "processor_seconds": time.process_time() - used,
    }
    print(json.dumps(result), flush=True)


async def _go_on(seconds: float, answers: _Answers) -> None:
    await asyncio.wait([answers.failed], timeout=seconds)
    if answers.failed.done():
        answers.failed.result()


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
