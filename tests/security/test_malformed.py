"""What is no message of the contract, at every method: a mistake of the client, and no more."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote, urlencode

import aiohttp
import grpc
import pytest_asyncio
from google.protobuf.descriptor import MethodDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.security.access_rules import is_internal, methods, path_of
from tests.security.doors import IN_THE_SUITE, SECONDS, Doors, bearing, requests_of
from yarl import URL

pytestmark = IN_THE_SUITE

PUBLIC: Final = {
    path_of(method): method
    for method in methods()
    # Those would end the session that all of this is done in.
    if not is_internal(method) and method.name not in {"EndSessions", "ChangePassword"}
}
BODIES: Final = sorted(
    {
        (verb, path)
        for method in PUBLIC.values()
        for verb, path, has_body in requests_of(method)
        if has_body
    }
)
OURS: Final = {
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DATA_LOSS,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}
"""What would say that the fault is the server's."""
TRIES: Final = 100
DEAF_SECONDS: Final = 1.0

fuzzing: Final = settings(
    max_examples=TRIES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def fields(content: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return fields as they are on the wire, of every type, whether or not it is the right one."""
    numbers = st.integers(0, 20) | st.sampled_from([0, 19_000, 536_870_911])

    def field(kind: int, body: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
        return st.builds(lambda number, rest: varint(number << 3 | kind) + rest, numbers, body)

    lengths = content.map(lambda inner: varint(len(inner)) + inner)
    lies = st.builds(lambda size, inner: varint(size) + inner, st.integers(0, 2**40), content)
    return st.one_of(
        field(0, st.integers(0, 2**64 - 1).map(varint) | st.just(b"\xff" * 10)),
        field(1, st.binary(max_size=8)),
        field(2, lengths | lies),
        field(3, content),
        field(4, st.just(b"")),
        field(5, st.binary(max_size=4)),
        field(6, content),
    )


WIRE: Final = st.lists(
    fields(st.recursive(st.binary(max_size=40), fields, max_leaves=6)), max_size=5
).map(b"".join)
MESSAGES: Final = WIRE | st.binary(max_size=200)
TEXTS: Final = st.text(max_size=40)
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def written(value: object) -> bytes:
    return json.dumps(value).encode(errors="surrogatepass")


PAGES: Final = sorted(
    {
        path
        for method in PUBLIC.values()
        for verb, path, _ in requests_of(method)
        if verb == "GET" and not method.server_streaming
    }
)
PARAMETERS: Final = sorted(
    {field.name for method in PUBLIC.values() for field in method.input_type.fields}
)
EVENTS: Final = ["subscribe", "unsubscribe", "get_products", "authenticate", "connect", "x"]
PACKETS: Final = st.one_of(
    st.builds("42{}".format, st.tuples(st.sampled_from(EVENTS), JSON).map(json.dumps)),
    st.builds("42{}{}".format, st.integers(-1, 2**40), JSON.map(json.dumps)),
    st.builds(
        "{}{}".format, st.sampled_from(["0", "2", "3", "4", "40", "43", "45", "451-"]), TEXTS
    ),
    TEXTS,
    st.binary(max_size=60),
).filter(lambda packet: isinstance(packet, bytes) or packet.isprintable())
HTTP2_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HTTP2_FRAMES: Final = st.builds(
    lambda kind, flags, stream, body: (
        len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body
    ),
    st.integers(0, 12),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=40),
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def caller(doors: Doors) -> Mapping[str, str]:
    """Return what an administrator sends: who may call the most breaks the most."""
    return dict(bearing((await doors.log_in("admin"))["token"]))


async def outcome(
    channel: grpc.aio.Channel, method: MethodDescriptor, message: bytes, metadata: Any
) -> grpc.StatusCode:
    make: Any = channel.unary_unary
    if method.server_streaming:
        make = channel.unary_stream
    call = make(path_of(method))(message, metadata=metadata, timeout=SECONDS)
    try:
        await (call.read() if method.server_streaming else call)
    except grpc.aio.AioRpcError as error:
        code: grpc.StatusCode = error.code()
        return code
    finally:
        call.cancel()
    return grpc.StatusCode.OK


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def channel(doors: Doors) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(doors.public) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def session(doors: Doors) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(doors.mesh.http) as opened:
        yield opened


@fuzzing
@given(path=st.sampled_from(sorted(PUBLIC)), message=MESSAGES)
async def test_what_is_no_message_is_the_callers_mistake(
    channel: grpc.aio.Channel, caller: Mapping[str, str], path: str, message: bytes
) -> None:
    for metadata in (tuple(caller.items()), ()):
        assert await outcome(channel, PUBLIC[path], message, metadata) not in OURS


async def test_every_method_says_that_it_cannot_decode_what_is_no_message(
    channel: grpc.aio.Channel, caller: Mapping[str, str]
) -> None:
    for method in PUBLIC.values():
        for message in (b"\x00", b"\x0a\xff", b"\xff" * 20):
            found = await outcome(channel, method, message, tuple(caller.items()))
            assert found is grpc.StatusCode.INVALID_ARGUMENT, method.name


@fuzzing
@given(request=st.sampled_from(BODIES), body=st.binary(max_size=200) | JSON.map(written))
async def test_what_is_no_body_is_the_clients_mistake(
    session: aiohttp.ClientSession,
    caller: Mapping[str, str],
    request: tuple[str, str],
    body: bytes,
) -> None:
    headers = {**caller, "Content-Type": "application/json"}
    async with session.request(*request, data=body, headers=headers) as response:
        assert response.status < 500
        await response.read()


@fuzzing
@given(
    path=st.sampled_from(PAGES),
    query=st.dictionaries(st.sampled_from(PARAMETERS) | TEXTS, TEXTS, max_size=3),
    segment=TEXTS.filter(lambda text: text not in {".", ".."}),
)
async def test_what_is_no_query_is_the_clients_mistake(
    session: aiohttp.ClientSession,
    caller: Mapping[str, str],
    path: str,
    query: Mapping[str, str],
    segment: str,
) -> None:
    whole = path.replace("NIFTY", quote(segment, safe="", errors="surrogatepass") or "x")
    text = urlencode(query, errors="surrogatepass")
    async with session.get(URL(f"{whole}?{text}", encoded=True), headers=caller) as response:
        assert response.status < 500
        await response.read()


@fuzzing
@given(packets=st.lists(PACKETS, max_size=6))
async def test_what_is_no_packet_is_the_clients_mistake(
    session: aiohttp.ClientSession, caller: Mapping[str, str], packets: list[str | bytes]
) -> None:
    token = caller["authorization"].removeprefix("Bearer ")
    async with session.ws_connect("/socket.io/?EIO=4&transport=websocket") as websocket:
        await websocket.receive(timeout=SECONDS)
        await websocket.send_str(f'40{{"token":"{token}"}}')
        # It still answers what is in order, or has hung up, or was told to listen no more.
        with suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
            for packet in packets:
                await (
                    websocket.send_str(packet)
                    if isinstance(packet, str)
                    else websocket.send_bytes(packet)
                )
            await websocket.send_str('42999["get_products"]')
            async with asyncio.timeout(DEAF_SECONDS):
                while isinstance(said := (await websocket.receive()).data, str | bytes):
                    assert '"INTERNAL"' not in str(said)
                    if str(said).startswith("43999"):
                        break


@fuzzing
@given(frames=st.lists(st.binary(min_size=1, max_size=60) | HTTP2_FRAMES, max_size=8))
async def test_what_is_no_http2_ends_the_connection_and_nothing_else(
    doors: Doors, channel: grpc.aio.Channel, caller: Mapping[str, str], frames: list[bytes]
) -> None:
    host, _, port = doors.public.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        with suppress(ConnectionError):
            writer.write(HTTP2_PREFACE + b"".join(frames))
            await writer.drain()
            # It may wait for more of us; that it does is no harm, and is ended with the connection.
            writer.write_eof()
            async with asyncio.timeout(SECONDS):
                await reader.read()
    finally:
        writer.close()
    method = PUBLIC["/deltastream.storage.v1.StorageService/ListProducts"]
    assert await outcome(channel, method, b"", tuple(caller.items())) is grpc.StatusCode.OK
