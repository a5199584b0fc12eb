"""A link to a MongoDB server that fails as networks and servers do, message by message.

The driver and the server at its ends are real. A write of several documents can be made to fail
for some of them: those are kept from the server, and its reply is amended to say so.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

Document = dict[str, Any]
_HEADER = struct.Struct("<iiii")
_FLAGS = struct.Struct("<I")
_SIZE = struct.Struct("<i")
_OP_MSG = 2013
# Bounds of listings are dates of no calendar.
_AS_IT_IS = CodecOptions[Document](datetime_conversion=DatetimeConversion.DATETIME_MS)
_WRITES = {"insert": "documents", "update": "updates"}


@dataclass
class Link:
    """What the link does; a test changes it as it goes.

    Attributes:
        url: where the link is.
        fails: says of each document of a write the code it fails with; 0 lets it pass.
        written: the documents of each write that reached the server, write by write.
        loses_replies: how many replies to writes are still to be lost, with their connection.
        silent: nothing is answered any more.
        write_concern_error: what replies to writes say of the write concern; nothing if empty.
    """

    url: str = ""
    fails: Callable[[Document], int] = lambda _: 0
    written: list[list[Document]] = field(default_factory=list)
    loses_replies: int = 0
    silent: bool = False
    write_concern_error: Document = field(default_factory=dict)


@asynccontextmanager
async def linked(url: str) -> AsyncIterator[Link]:
    """Open a link to the server of a URL, which stays in use for all else."""
    link = Link()
    parts = urlsplit(url)
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        # The driver closes connections, and the test the link, in the midst of anything.
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await _pass_on(link, (reader, writer), (parts.hostname or "", parts.port or 27017))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    link.url = parts._replace(netloc=f"127.0.0.1:{server.sockets[0].getsockname()[1]}").geturl()
    try:
        yield link
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections)


async def _pass_on(
    link: Link,
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    address: tuple[str, int],
) -> None:
    """Pass requests on and replies back, one after another."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        while True:
            request = await _message(client[0])
            failed: dict[int, int] = {}
            writes = _is_write(request)
            if writes:
                request, failed = _without_failing(link, request)
            writer.write(request)
            reply = await _message(reader)
            if link.silent:
                continue
            if writes:
                if link.loses_replies > 0:
                    link.loses_replies -= 1
                    return
                reply = _amended(reply, failed, link.write_concern_error)
            client[1].write(reply)
    finally:
        writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    header = await reader.readexactly(_HEADER.size)
    return header + await reader.readexactly(_HEADER.unpack(header)[0] - _HEADER.size)


def _is_write(message: bytes) -> bool:
    return _HEADER.unpack_from(message)[3] == _OP_MSG and bool(
        _WRITES.keys() & _sections(message)[0].keys()
    )


def _without_failing(link: Link, message: bytes) -> tuple[bytes, dict[int, int]]:
    """Take out of a write what is to fail, and return the rest, and the codes by place."""
    command, name, documents = _sections(message)
    codes = {place: link.fails(document) for place, document in enumerate(documents)}
    passed = [document for place, document in enumerate(documents) if not codes[place]]
    link.written.append(passed)
    if not passed:
        # No server takes a write of nothing.
        command, name = {"ping": 1, "$db": command["$db"]}, ""
    failed = {place: code for place, code in codes.items() if code}
    return (_built(message, command, name, passed) if failed else message), failed


def _amended(message: bytes, failed: dict[int, int], concern: Document) -> bytes:
    """Say in a reply what failed."""
    reply = _sections(message)[0]
    assert "writeErrors" not in reply or not failed, "a test lets a write fail in one way"
    if failed:
        reply.setdefault("n", 0)
        reply["writeErrors"] = [
            {"index": place, "code": code, "errmsg": "made to fail"}
            for place, code in failed.items()
        ]
    if concern:
        reply["writeConcernError"] = concern
    return _built(message, reply, "", []) if failed or concern else message


def _sections(message: bytes) -> tuple[Document, str, list[Document]]:
    """Return the body of an OP_MSG, and the name and the documents of its sequence."""
    start = _HEADER.size + _FLAGS.size + 1
    end = start + _SIZE.unpack_from(message, start)[0]
    body: Document = bson.decode(message[start:end], _AS_IT_IS)
    if end == len(message):
        return body, "", []
    sequence = message[end + 1 + _SIZE.size :]
    name, _, documents = sequence.partition(b"\0")
    return body, name.decode(), bson.decode_all(documents, _AS_IT_IS)


def _built(like: bytes, body: Document, name: str, documents: list[Document]) -> bytes:
    """Return an OP_MSG with the header and the flags of another."""
    _, request, response, opcode = _HEADER.unpack_from(like)
    content = like[_HEADER.size : _HEADER.size + _FLAGS.size] + b"\0" + bson.encode(body)
    if documents:
        sequence = name.encode() + b"\0" + b"".join(bson.encode(each) for each in documents)
        content += b"\1" + _SIZE.pack(len(sequence) + _SIZE.size) + sequence
    return _HEADER.pack(len(content) + _HEADER.size, request, response, opcode) + content
