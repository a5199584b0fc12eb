"""What a client has already is not sent again, and what is long is sent short."""

import gzip

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.whole_edge import LOGIN, PRODUCTS, SOMEBODY, whole_edge

from deltastream.edge.representations import represented

LONG = b'{"numbers":[' + b",".join(b"%d" % n for n in range(2000)) + b"]}"
HUGE = LONG * 40
SHORT = b'{"n":1}'


async def served(body: bytes, *, secret: bool = False) -> TestClient[web.Request, web.Application]:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/", represented(handler, secret=secret))
    return TestClient(TestServer(app), auto_decompress=False)


@pytest.mark.parametrize("body", [LONG, HUGE])
async def test_a_long_answer_is_compressed_for_who_accepts_it(body: bytes) -> None:
    async with (
        await served(body) as client,
        client.get("/", headers={"Accept-Encoding": "br, gzip;q=0.8"}) as response,
    ):
        content = await response.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(content))
    assert "Accept-Encoding" in response.headers["Vary"]
    assert gzip.decompress(content) == body
    assert len(content) < len(body) / 2


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "", "deflate, *;q=0"])
async def test_who_does_not_accept_it_gets_it_as_it_is(accepted: str) -> None:
    async with (
        await served(LONG) as client,
        client.get("/", headers={"Accept-Encoding": accepted}) as response,
    ):
        assert "Content-Encoding" not in response.headers
        assert await response.read() == LONG
        assert "Accept-Encoding" in response.headers["Vary"]


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
        client.get("/", headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert "Content-Encoding" not in response.headers
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
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
            for accepted in ("gzip", "identity"):
                headers = {"Accept-Encoding": accepted}
                async with client.get("/", headers=headers) as response:
                    tags.add(response.headers["ETag"])
    assert len(tags) == 4
    assert not [tag for tag in tags if tag.startswith("W/")]


async def test_an_answer_to_a_post_has_no_tag() -> None:
    async with (
        await served(LONG) as client,
        client.post("/", headers={"If-None-Match": "*"}) as response,
    ):
        assert response.status == 200
        assert "ETag" not in response.headers


async def test_reading_the_store_is_conditional_at_the_edge_and_signing_in_is_not() -> None:
    async with whole_edge() as client:
        async with client.get(PRODUCTS) as response:
            tag = response.headers["ETag"]
        async with client.get(PRODUCTS, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
            assert response.headers["X-Request-Id"]
        async with client.post(LOGIN, json=SOMEBODY) as response:
            assert "ETag" not in response.headers


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
async def test_files_are_conditional_too(path: str) -> None:
    async with whole_edge() as client:
        async with client.get(path) as response:
            tag = response.headers["ETag"]
        async with client.get(path, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
