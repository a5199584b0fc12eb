"""A few pages over HTTP, for who watches the process: small, bounded, and nothing else.

It is no web framework, which most roles would have for this alone: a page costs them some
kilobytes, and the framework 20 MB.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from deltastream.log_library import structlog
from deltastream.runtime.listening import ListenError

_log = structlog.get_logger()
_MOST_CONNECTIONS: Final = 16
_LONGEST_HEAD: Final = 8192
_SECONDS: Final = 5.0
_METHODS: Final = ("GET", "HEAD")
_HIGHEST_PORT: Final = 65_535
_PLAIN: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer."""

    status: HTTPStatus = HTTPStatus.OK
    content_type: str = _PLAIN
    body: bytes


Pages = Mapping[str, Callable[[], Awaitable[Page]]]
"""What makes each page, by its path."""


@asynccontextmanager
async def answering(address: str, pages: Pages, *, share_port: bool = False) -> AsyncIterator[int]:
    """Answer GET and HEAD for some pages while the block runs. Yields the port.

    Each connection is for one request, which has 5 s for everything. There are 16 at a time; one
    more is closed at once, unanswered.

    Args:
        address: HOST:PORT; port 0 takes a free one.
        pages: what there is. One that fails is a 500, and logged.
        share_port: let another process listen on the same port.

    Raises:
        ListenError: the address is in use, not ours, or none.
    """
    connections = _Connections(pages)
    host, port = _host_and_port(address)
    try:
        server = await asyncio.start_server(
            connections.accept, host, port, limit=_LONGEST_HEAD, reuse_port=share_port or None
        )
    except OSError as error:
        raise ListenError(f"cannot listen on {address}: is another program using it?") from error
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await connections.close()


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise ListenError(f"cannot listen on {address}: it is no HOST:PORT")
    return host.strip("[]"), int(port)


class _Connections:
    """The connections that are open, each with a task."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection in, or close it at once."""
        if len(self._tasks) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End all of them."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head))
                # So that draining waits for the last byte: who does not read is cut off.
                writer.transport.set_write_buffer_limits(high=0)
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            # Nobody who asks for a page does that: there is nobody to tell.
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.decode("latin-1").partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        make = self._pages.get(path)
        if method not in _METHODS:
            page = _said(HTTPStatus.METHOD_NOT_ALLOWED)
        elif make is None:
            page = _said(HTTPStatus.NOT_FOUND)
        else:
            page = await _made(make)
        return _response(page, with_body=method != "HEAD")


async def _made(make: Callable[[], Awaitable[Page]]) -> Page:
    try:
        return await make()
    except Exception:  # noqa: BLE001 - what is watched must not fall with who watches; it logs the cause
        _log.exception("admin_page_failed")
        return _said(HTTPStatus.INTERNAL_SERVER_ERROR)


def _said(status: HTTPStatus) -> Page:
    return Page(status=status, body=f"{status.phrase}\n".encode())


def _response(page: Page, *, with_body: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {page.status.value} {page.status.phrase}",
        f"Content-Type: {page.content_type}",
        f"Content-Length: {len(page.body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if page.status is HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append(f"Allow: {', '.join(_METHODS)}")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + page.body if with_body else head
