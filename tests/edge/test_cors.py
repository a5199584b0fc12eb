"""Whose pages a browser lets read what the edge answers."""

import pytest
from tests.edge.whole_edge import ENRICHMENT, LOGIN, PRODUCTS, limiter, whole_edge

from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksResponse
from deltastream.stream.v1.stream_pb2 import Started

FRIEND = "https://charts.example"
STRANGER = "https://evil.example"
HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
ALLOWED = "Access-Control-Allow-Origin"


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }


@pytest.mark.parametrize(
    "path", [PRODUCTS, "/api/openapi.json", "/api/docs/docs.js", "/no/such/path", "/health"]
)
async def test_a_page_of_an_allowed_origin_may_read_every_answer(path: str) -> None:
    async with (
        whole_edge(cors_origins=[FRIEND]) as client,
        client.get(path, headers={"Origin": FRIEND}) as response,
    ):
        assert response.headers[ALLOWED] == FRIEND
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in response.headers["Vary"]
        assert "ETag" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "origin", [STRANGER, f"{FRIEND}.evil.example", "null", "http://charts.example"]
)
async def test_a_page_of_another_origin_may_not(origin: str) -> None:
    async with (
        whole_edge(cors_origins=[FRIEND]) as client,
        client.get(PRODUCTS, headers={"Origin": origin}) as response,
    ):
        assert ALLOWED not in response.headers
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Origin" in response.headers["Vary"]


async def test_nobody_may_where_nobody_is_named() -> None:
    async with whole_edge() as client:
        async with client.get(PRODUCTS, headers={"Origin": FRIEND}) as response:
            assert ALLOWED not in response.headers
        async with client.options(PRODUCTS, headers=preflight(FRIEND)) as response:
            assert response.status == 405
            assert ALLOWED not in response.headers


async def test_a_preflight_says_what_may_be_sent() -> None:
    async with (
        whole_edge(cors_origins=[FRIEND]) as client,
        client.options(LOGIN, headers=preflight(FRIEND)) as response,
    ):
        assert response.status == 204
        assert await response.read() == b""
        assert response.headers[ALLOWED] == FRIEND
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        sent = response.headers["Access-Control-Allow-Headers"].lower()
        assert "authorization" in sent
        assert "x-api-key" in sent
        assert response.headers["Access-Control-Max-Age"] == "600"


async def test_a_preflight_of_another_origin_is_told_nothing() -> None:
    async with (
        whole_edge(cors_origins=[FRIEND]) as client,
        client.options(LOGIN, headers=preflight(STRANGER)) as response,
    ):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


async def test_a_preflight_is_not_counted() -> None:
    async with whole_edge(cors_origins=[FRIEND], limiter=limiter(client=1)) as client:
        for _ in range(3):
            async with client.options(LOGIN, headers=preflight(FRIEND)) as response:
                assert response.status == 204


async def test_a_refusal_can_be_read_too() -> None:
    async with whole_edge(cors_origins=[FRIEND], limiter=limiter(client=1)) as client:
        await client.get(PRODUCTS)
        async with client.get(PRODUCTS, headers={"Origin": FRIEND}) as response:
            assert response.status == 429
            assert response.headers[ALLOWED] == FRIEND


async def test_any_origin_may_without_its_credentials() -> None:
    async with (
        whole_edge(cors_origins=["*"]) as client,
        client.get(PRODUCTS, headers={"Origin": STRANGER}) as response,
    ):
        assert response.headers[ALLOWED] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("accepted", ["text/event-stream", "application/x-ndjson"])
async def test_a_stream_can_be_read(accepted: str) -> None:
    headers = {"Origin": FRIEND, "Accept": accepted}
    async with whole_edge(cors_origins=[FRIEND]) as client:
        assert client.app is not None
        client.app[ENRICHMENT].frames.put_nowait(
            StreamTicksResponse(sequence=1, started=Started(epoch="e"))
        )
        async with client.get("/api/stream/ticks", headers=headers) as response:
            assert response.status == 200
            assert response.headers[ALLOWED] == FRIEND
            assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(("origin", "status"), [(FRIEND, 200), (STRANGER, 400)])
async def test_sockets_keep_to_the_same_list_and_say_it_once(origin: str, status: int) -> None:
    async with (
        whole_edge(cors_origins=[FRIEND]) as client,
        client.get(HANDSHAKE, headers={"Origin": origin}) as response,
    ):
        assert response.status == status
        assert response.headers.getall(ALLOWED, []) == [FRIEND] * (status == 200)


async def test_the_edges_own_pages_may_connect_whoever_else_may() -> None:
    async with whole_edge(cors_origins=[FRIEND]) as client:
        own = str(client.make_url("/").origin())
        async with client.get(HANDSHAKE, headers={"Origin": own}) as response:
            assert response.status == 200
            assert response.headers.getall(ALLOWED) == [own]
