"""What a client has already is not sent again, and what is long is sent short."""

import asyncio
import gzip
import threading
from collections.abc import Callable
from typing import Any, Final

import brotli
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.whole_edge import LOGIN, PRODUCTS, SOMEBODY, whole_edge

from deltastream.edge import compression
from deltastream.edge.answers import Answer
from deltastream.edge.representations import represented

LONG = b'{"numbers":[' + b",".join(b"%d" % n for n in range(2000)) + b"]}"
HUGE = LONG * 40
SHORT = b'{"n":1}'
DECODERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
CALLER: Final = "Authorization, X-Api-Key"


async def served(body: bytes, **options: bool) -> TestClient[web.Request, web.Application]:
    async def answer(_: web.Request) -> Answer:
        return Answer(body)

    app = web.Application()
    app.router.add_route("*", "/", represented(answer, **{"secret": False, **options}))
    return TestClient(TestServer(app), auto_decompress=False)


@pytest.mark.parametrize("body", [LONG, HUGE])
@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("BR", "br"),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("gzip, identity", "gzip"),
    ],
)
async def test_a_long_answer_is_compressed_for_who_accepts_it(
    body: bytes, accepted: str, expected: str
) -> None:
    async with (
        await served(body) as client,
        client.get("/", headers={"Accept-Encoding": accepted}) as response,
    ):
        content = await response.read()
    assert response.headers["Content-Encoding"] == expected
    assert response.headers["Content-Length"] == str(len(content))
    assert "Accept-Encoding" in response.headers["Vary"]
    assert DECODERS[expected](content) == body
    assert len(content) < len(body) / 2


@pytest.mark.parametrize(
    "accepted",
    ["identity", "gzip;q=0", "", "deflate, *;q=0", "zstd", "identity, gzip;q=0.5", "br;q=x"],
)
async def test_who_does_not_accept_it_gets_it_as_it_is(accepted: str) -> None:
    async with (
        await served(LONG) as client,
        client.get("/", headers={"Accept-Encoding": accepted}) as response,
    ):
        assert "Content-Encoding" not in response.headers
        assert await response.read() == LONG
        assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("encoding", DECODERS)
async def test_nobody_waits_while_something_huge_is_compressed(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()

    def slow(content: bytes) -> bytes:
        begun.set()
        assert released.wait(5)
        return content[:10]

    monkeypatch.setitem(compression._ENCODERS, encoding, slow)
    waiting = asyncio.create_task(compression.encoded(HUGE, encoding))
    assert await asyncio.to_thread(begun.wait, 5)
    # The loop gets this far while it is compressed.
    released.set()
    assert await waiting == HUGE[:10]


async def test_a_short_answer_is_not_compressed() -> None:
    async with (
        await served(SHORT) as client,
        client.get("/", headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert "Content-Encoding" not in response.headers
        assert "Vary" not in response.headers
        assert await response.read() == SHORT


async def test_a_secret_is_neither_compressed_nor_kept() -> None:
    async with (
        await served(LONG, secret=True) as client,
        client.get("/", headers={"Accept-Encoding": "br, gzip"}) as response,
    ):
        assert "Content-Encoding" not in response.headers
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accepted", [*DECODERS, "identity"])
async def test_what_a_client_has_is_not_sent_again(accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    async with await served(LONG) as client:
        tag = (await client.get("/", headers=headers)).headers["ETag"]
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            response = await client.get("/", headers=headers | {"If-None-Match": known})
            assert response.status == 304
            assert await response.read() == b""
            assert response.headers["ETag"] == tag
            assert response.headers["Cache-Control"] == "no-cache"
        response = await client.get("/", headers=headers | {"If-None-Match": '"other"'})
        assert response.status == 200


async def test_other_bytes_have_another_tag() -> None:
    tags = set()
    for body in (LONG, LONG + b" "):
        async with await served(body) as client:
            for accepted in (*DECODERS, "identity"):
                headers = {"Accept-Encoding": accepted}
                async with client.get("/", headers=headers) as response:
                    tags.add(response.headers["ETag"])
    assert len(tags) == 6
    assert not [tag for tag in tags if tag.startswith("W/")]


async def test_an_answer_to_a_post_has_no_tag() -> None:
    async with (
        await served(LONG) as client,
        client.post("/", headers={"If-None-Match": "*"}) as response,
    ):
        assert response.status == 200
        assert "ETag" not in response.headers


@pytest.mark.parametrize("known", [False, True])
async def test_what_not_everybody_is_told_is_kept_by_caller(*, known: bool) -> None:
    headers = {"If-None-Match": "*"} if known else {}
    async with await served(SHORT, for_anybody=False) as client:
        async with client.get("/", headers=headers) as response:
            assert response.status == (304 if known else 200)
            assert response.headers["Vary"] == CALLER
        # Nobody keeps an answer to a POST.
        async with client.post("/") as response:
            assert "Vary" not in response.headers


async def test_an_answer_of_the_contract_depends_on_the_caller_unless_it_is_for_anybody() -> None:
    async with whole_edge() as client:
        async with client.get(PRODUCTS) as response:
            assert CALLER in response.headers["Vary"]
        async with client.get("/.well-known/jwks.json") as response:
            assert "Authorization" not in response.headers.get("Vary", "")


async def test_reading_the_store_is_conditional_at_the_edge_and_signing_in_is_not() -> None:
    async with whole_edge() as client:
        async with client.get(PRODUCTS) as response:
            tag = response.headers["ETag"]
        async with client.get(PRODUCTS, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
            assert response.headers["X-Request-Id"]
        async with client.post(LOGIN, json=SOMEBODY) as response:
            assert "ETag" not in response.headers


async def test_files_are_sent_short_too() -> None:
    async with whole_edge() as client:
        for encoding in DECODERS:
            headers = {"Accept-Encoding": encoding}
            async with client.get("/api/openapi.json", headers=headers) as response:
                assert response.headers["Content-Encoding"] == encoding
                raw = int(response.headers["Content-Length"])
                plain = await response.read()
            assert plain.startswith(b"{")
            assert raw < len(plain) / 7


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
async def test_files_are_conditional_too(path: str) -> None:
    async with whole_edge() as client:
        async with client.get(path) as response:
            tag = response.headers["ETag"]
        async with client.get(path, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
