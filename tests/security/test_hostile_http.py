"""What strangers may send to the edge: it ends soon, as a client's mistake, and costs little."""

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.fixtures.eventually import eventually
from tests.security.edge_under_attack import (
    DEADLINE,
    MOST_GROWTH,
    Target,
    edge_under_attack,
    frame,
    noise,
    post,
    status_of,
    websocket,
)

LOGIN = "/api/auth/login"
SOCKET = "/socket.io/?EIO=4&transport=polling"
CROWD = 200

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def edge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with edge_under_attack(tmp_path_factory.mktemp("edge")) as target:
        before = target.memory
        yield target
        growth = target.memory - before
    assert growth < MOST_GROWTH, "all of it together"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def unharmed(edge: Target) -> AsyncIterator[None]:
    """See that whatever was sent has grown no memory and left no trace of a fault."""
    before = edge.memory
    yield
    assert edge.memory - before < MOST_GROWTH
    assert await edge.is_well()
    log = edge.log.read_text()
    assert "Traceback" not in log
    assert "unexpectedly" not in log


async def closed_within(edge: Target, opening: bytes, *, drip: bytes = b"") -> bytes:
    begun = time.monotonic()
    async with edge.connection() as connection:
        await connection.send(opening)
        dripping = asyncio.create_task(connection.drip(drip))
        said = await connection.until_closed()
        dripping.cancel()
    assert time.monotonic() - begun < DEADLINE
    return said


async def test_a_silent_connection_is_closed(edge: Target) -> None:
    assert await closed_within(edge, b"") == b""


async def test_slow_headers_are_cut_off(edge: Target) -> None:
    slow = b"X-Slow: " + b"a" * 2000
    assert await closed_within(edge, b"GET / HTTP/1.1\r\nHost: edge\r\n", drip=slow) == b""


async def test_slow_headers_after_an_answer_are_cut_off_too(edge: Target) -> None:
    answered = b"GET /health HTTP/1.1\r\nHost: edge\r\n\r\nGET / HTTP/1.1\r\n"
    said = await closed_within(edge, answered, drip=b"X-Slow: " + b"a" * 2000)
    assert said.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("path", [LOGIN, "/api/options/enrich", "/no/such/path", SOCKET])
async def test_a_slow_body_is_cut_off(edge: Target, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: edge\r\nContent-Length: 5000\r\n\r\n".encode()
    said = await closed_within(edge, head, drip=b'{"email":"' + b"a" * 2000)
    assert status_of(said) in {400, 404, 405, 408}


async def test_a_body_that_never_comes_is_not_waited_for(edge: Target) -> None:
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: edge\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
    assert status_of(await closed_within(edge, head.encode())) == 408


async def test_a_crowd_of_slow_clients_is_sent_away_together(edge: Target) -> None:
    begun = time.monotonic()
    said = await asyncio.gather(
        *(edge.answer(b"GET / HTTP/1.1\r\nX-Half: a") for _ in range(CROWD))
    )
    assert set(said) == {b""}
    assert time.monotonic() - begun < DEADLINE


async def test_a_client_that_reads_nothing_is_cut_off(edge: Target) -> None:
    asking = b"GET /api/openapi.json HTTP/1.1\r\nHost: edge\r\n\r\n" * 200
    async with edge.connection() as connection:
        await connection.send(asking)

        async def connections() -> int:
            host, _, port = edge.address.rpartition(":")
            held = (it for it in edge.process.net_connections() if it.status == "ESTABLISHED")
            return sum(it.laddr == (host, int(port)) for it in held)

        await eventually(connections, (0).__eq__, seconds=DEADLINE)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_a_bomb_is_not_unpacked(edge: Target, encoding: str) -> None:
    bomb = gzip.compress(bytes(200_000_000)) if "gzip" in encoding else zlib.compress(bytes(10**7))
    said = await edge.answer(post(LOGIN, bomb, f"Content-Encoding: {encoding}"))
    assert status_of(said) == 415


async def test_a_bomb_that_no_handler_reads_is_not_unpacked_either(edge: Target) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    said = await edge.answer(post("/no/such/path", bomb, "Content-Encoding: gzip"))
    assert status_of(said) in {404, 415}


async def test_parts_are_not_accepted(edge: Target) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    said = await edge.answer(post(LOGIN, body, "Content-Type: multipart/form-data; boundary=x"))
    assert status_of(said) == 415


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"email":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"email":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b"[" * 500_000,
        b'{"email":"' + b"a" * 900_000 + b'"}',
        b'{"email":1e' + b"9" * 100_000 + b"}",
        b'{"email":' + b"9" * 100_000 + b"}",
        b"\xff\xfe\x00",
        b"",
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_odd_json_is_a_mistake_of_the_client(edge: Target, body: bytes) -> None:
    # What is well formed goes to a service, and the one behind this edge takes anything.
    assert status_of(await edge.answer(post(LOGIN, body))) in {200, 400}


async def test_a_body_beyond_the_limit_is_refused(edge: Target) -> None:
    assert status_of(await edge.answer(post(LOGIN, b" " * 3_000_000))) == 413
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n"
    chunks = b"fffff\r\n" + b" " * 0xFFFFF + b"\r\n"
    endless = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks * 3 + b"0\r\n\r\n"
    assert status_of(await edge.answer(endless)) == 413


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: edge\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: edge\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: edge\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + b"a" * 1_000_000,
    ],
    ids=["address", "header", "headers", "endless header"],
)
async def test_heads_are_bounded(edge: Target, head: bytes) -> None:
    assert status_of(await edge.answer(head)) in {400, 431, None}


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x00" * 1000,
        b"GET / HTTP/1.1\r\nHost: edge\r\nHost: other\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\r\n b\x00\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: edge\r\n\r\n",
    ],
    ids=lambda garbage: repr(garbage[:24]),
)
async def test_what_is_no_http_ends_as_a_mistake_of_the_client(
    edge: Target, garbage: bytes
) -> None:
    said = await edge.answer(garbage)
    status = status_of(said)
    assert status is None or 400 <= status < 500
    assert b"aiohttp" not in said
    assert b"Python" not in said


async def test_noise_ends_as_a_mistake_of_the_client(edge: Target) -> None:
    for size in (1, 100, 10_000, 1_000_000):
        status = status_of(await edge.answer(noise(size) + b"\r\n\r\n"))
        assert status is None or 400 <= status < 500


async def test_requests_in_a_row_are_answered_in_a_row(edge: Target) -> None:
    row = b"GET /no/such/path HTTP/1.1\r\nHost: edge\r\n\r\n" * 500
    said = await edge.answer(row)
    assert said.count(b"HTTP/1.1 404") == 500


async def test_smuggled_requests_are_not_heard(edge: Target) -> None:
    hidden = b"GET /health HTTP/1.1\r\nHost: edge\r\n\r\n"
    head = b"POST /api/auth/login HTTP/1.1\r\nHost: edge\r\nContent-Length: 4\r\n"
    said = await edge.answer(head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
    assert b" 200 " not in said


@pytest.mark.parametrize(
    "frames",
    [
        frame(0x3, b"reserved"),
        frame(0x1, b"unmasked", masked=False),
        frame(0x0, b"the end of nothing"),
        frame(0x9, b"a" * 126),
        frame(0x9, b"ping", final=False),
        frame(0x1, b"\xff\xfe\xfd"),
        frame(0x8, b"\x00"),
        b"\xc1" + frame(0x1, b"compressed")[1:],
        frame(0x1, b"4" + b"a" * 200_000),
        b"\x81\xff" + (2**62).to_bytes(8, "big") + bytes(4),
        frame(0x1, b"4", final=False) + frame(0x0, b"a" * 60_000, final=False) * 3,
        frame(0x1, b"9no such packet"),
        frame(0x1, b"40" + b"[" * 10_000),
        noise(5000),
    ],
    ids=lambda frames: repr(frames[:12]),
)
async def test_frames_that_are_none_end_the_websocket(edge: Target, frames: bytes) -> None:
    said = await edge.answer(websocket(frames))
    assert status_of(said) == 101


async def test_half_a_frame_does_not_hold_a_websocket(edge: Target) -> None:
    async with edge.connection() as connection:
        await connection.send(websocket(frame(0x1, b"40 and no more")[:-3]))
        assert status_of(await connection.until_closed()) == 101


async def test_a_thousand_bad_requests_leave_nothing_behind(edge: Target) -> None:
    before = edge.memory
    for _ in range(10):
        await asyncio.gather(
            *(edge.answer(post(LOGIN, b"[" * 50_000)) for _ in range(100)),
        )
    assert edge.memory - before < MOST_GROWTH


@pytest.mark.parametrize(
    ("setting", "most"),
    [("DELTASTREAM_MAX_CONNECTIONS", 5), ("DELTASTREAM_CONNECTIONS_PER_ADDRESS", 5)],
)
async def test_there_are_only_so_many_connections(tmp_path: Path, setting: str, most: int) -> None:
    settings = {setting: str(most), "DELTASTREAM_IDLE_SECONDS": "1"}
    async with edge_under_attack(tmp_path, **settings) as edge:

        async def refused() -> int:
            said = await asyncio.gather(*(edge.answer(b"") for _ in range(most + 3)))
            return list(map(status_of, said)).count(503)

        # Who has just hung up counts until the edge has noticed.
        await eventually(refused, lambda count: count == 3, seconds=DEADLINE)
        await eventually(edge.is_well, bool)
