"""A mesh that sends its spans to a collector: how they hang together, and what is not in them."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import grpc
import pytest
import pytest_asyncio
from tests.fixtures.eventually import eventually
from tests.fixtures.otlp_collector import Collected, Collector, collecting
from tests.fixtures.running_mesh import RunningMesh, running_mesh

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

SECONDS = 30.0
ORIGIN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE_ID = ORIGIN.split("-")[1]
ANALYTICS = "deltastream.analytics.v1.AnalyticsService"
STORAGE = "deltastream.storage.v1.StorageService"
ENRICHMENT = "deltastream.enrichment.v1.EnrichmentService"
SERVICE_SECRET = "canary-secret-of-the-mesh-2f9c07e1"  # noqa: S105 - is looked for in what it must not be in
PASSWORD = "canary password 7741 of somebody"  # noqa: S105 - as above
QUERY = "canary-query-9d3b"
EMAIL = "canary-1b7e@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A mesh, and what has been seen of it."""

    mesh: RunningMesh
    collector: Collector

    def log(self) -> list[dict[str, Any]]:
        """Return what the roles have logged; whatever is no event is a failure."""
        files = (self.mesh.data_dir / "logs").glob("*.log")
        # What follows the last end of a line is an event that is being written.
        written = [file.read_text().split("\n")[:-1] for file in files if file.stem != "redis"]
        return [json.loads(line) for lines in written for line in lines]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def observed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Observed]:
    folder = tmp_path_factory.mktemp("traced") / "data"
    settings = {
        "DELTASTREAM_TRACE_RATIO": "1",
        "DELTASTREAM_LOG_LEVEL": "debug",
        "DELTASTREAM_SERVICE_SECRET": SERVICE_SECRET,
        "DELTASTREAM_BCRYPT_COST": "4",
    }
    async with (
        collecting() as collector,
        running_mesh(
            folder, "--products", "NIFTY", "--otlp", collector.endpoint, **settings
        ) as mesh,
    ):
        yield Observed(mesh=mesh, collector=collector)


async def get(mesh: RunningMesh, path: str, **headers: str) -> int:
    async with aiohttp.ClientSession(mesh.http) as session, session.get(path, headers=headers) as r:
        await r.read()
        return r.status


async def until_joined(observed: Observed, trace_id: str, *edges: tuple[str, str]) -> None:
    """Wait until spans of a trace are the children of others, each named by service and name."""

    async def found() -> set[tuple[str, str]]:
        return set(observed.collector.edges(trace_id))

    await eventually(found, lambda joined: joined >= set(edges), seconds=SECONDS)


async def until_stored(mesh: RunningMesh) -> None:
    async def status() -> int:
        return await get(mesh, "/api/analytics/pcr/NIFTY")

    await eventually(status, lambda code: code == 200, seconds=SECONDS)


async def test_a_request_is_one_trace_from_edge_to_storage(observed: Observed) -> None:
    await until_stored(observed.mesh)
    path = "/api/analytics/pcr/NIFTY?history=true"
    assert await get(observed.mesh, path, traceparent=ORIGIN) == 200

    served = await observed.collector.one(
        lambda span: span.trace_id == TRACE_ID and span.service == "storage"
    )
    entry = await observed.collector.one(
        lambda span: span.trace_id == TRACE_ID and span.service == "edge" and span.kind == "SERVER"
    )
    question, answer = f"{ANALYTICS}/GetPutCallRatio", served.name
    assert answer.startswith(STORAGE)
    await until_joined(
        observed,
        TRACE_ID,
        ("edge: GET /api/analytics/pcr/{product}", f"edge: {question}"),
        (f"edge: {question}", f"analytics: {question}"),
        (f"analytics: {question}", f"analytics: {answer}"),
        (f"analytics: {answer}", f"storage: {answer}"),
    )
    assert entry.parent == ORIGIN.split("-")[2]
    assert entry.attributes == {
        "http.request.method": "GET",
        "http.route": "/api/analytics/pcr/{product}",
        "http.response.status_code": 200,
        "url.scheme": "http",
    }


async def test_an_event_is_one_trace_from_feed_to_storage(observed: Observed) -> None:
    stored = await observed.collector.one(
        lambda span: span.name == f"{STORAGE}/PutChains" and span.service == "storage"
    )
    await until_joined(
        observed,
        stored.trace_id,
        ("feed: publish", "enrichment: enrich"),
        ("feed: publish", "enrichment: store"),
        ("enrichment: store", f"enrichment: {STORAGE}/PutChains"),
        (f"enrichment: {STORAGE}/PutChains", f"storage: {STORAGE}/PutChains"),
    )
    roots = [span.name for span in observed.collector.trace(stored.trace_id) if not span.parent]
    assert roots == ["publish"]


async def frames_with_traces(
    mesh: RunningMesh, address: str, *, delivery: int
) -> tuple[Sequence[str], Any]:
    """Subscribe within a trace, and return the traces of the first live frame that tells any."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = EnrichmentServiceStub(channel).StreamChains(
            pb.StreamChainsRequest(products=["NIFTY"], delivery=delivery),  # type: ignore[arg-type]
            metadata=(("traceparent", ORIGIN),),
            timeout=SECONDS,
        )
        try:
            async for frame in call:
                if frame.traceparents:
                    return list(frame.traceparents), frame
        finally:
            call.cancel()
    raise AssertionError("no frame told of a trace")


@pytest.mark.parametrize("delivery", [1, 2], ids=["conflated", "lossless"])
@pytest.mark.parametrize("door", ["enrichment", "public"])
async def test_a_stream_tells_the_traces_of_its_events_and_is_linked_to_them(
    observed: Observed, door: str, delivery: int
) -> None:
    traceparents, frame = await frames_with_traces(
        observed.mesh, observed.mesh.grpc[door], delivery=delivery
    )

    traces = {each.split("-")[1] for each in traceparents}
    assert frame.batch.chains
    published = await observed.collector.one(
        lambda span: span.name == "publish" and span.trace_id in traces
    )
    sent = await observed.collector.one(
        lambda span: span.name == "send" and published.trace_id in span.links
    )
    subscribed = await observed.collector.one(lambda span: span.span_id == sent.parent)
    # The public door has passed the caller's context on as it came.
    assert (subscribed.trace_id, subscribed.parent) == tuple(ORIGIN.split("-")[1:3])
    assert (subscribed.service, subscribed.name) == ("enrichment", f"{ENRICHMENT}/StreamChains")


def is_served_by(service: str, trace_id: str, span: Collected) -> bool:
    return (span.service, span.trace_id, span.kind) == (service, trace_id, "SERVER")


async def test_a_stream_over_http_has_a_span_that_ends_where_its_body_begins(
    observed: Observed,
) -> None:
    number = "a" * 32
    headers = {"traceparent": f"00-{number}-{'b' * 16}-01"}
    async with aiohttp.ClientSession(observed.mesh.http) as session:
        path = "/api/stream/chains?products=NIFTY"
        async with session.get(path, headers=headers) as response:
            assert response.status == 200
            await response.content.readline()
            edge, enrichment = [
                await observed.collector.one(partial(is_served_by, service, number))
                for service in ("edge", "enrichment")
            ]
    assert edge.name == "GET /api/stream/chains"
    assert edge.attributes["http.response.status_code"] == 200
    assert enrichment.parent == edge.span_id


async def test_a_socket_has_a_span_that_ends_when_it_is_open(observed: Observed) -> None:
    number = "9" * 32
    headers = {"traceparent": f"00-{number}-{'8' * 16}-01"}
    async with aiohttp.ClientSession(observed.mesh.http) as session:
        path = "/socket.io/?EIO=4&transport=websocket"
        async with session.ws_connect(path, headers=headers) as socket:
            span = await observed.collector.one(lambda span: span.trace_id == number)
            assert not socket.closed
    assert span.attributes["http.response.status_code"] == 101


async def test_what_is_nowhere_is_named_by_nothing_that_its_client_wrote(
    observed: Observed,
) -> None:
    number = "c" * 32
    headers = {"traceparent": f"00-{number}-{'d' * 16}-01"}
    assert await get(observed.mesh, f"/{QUERY}?key={QUERY}", **headers) == 404

    span = await observed.collector.one(lambda span: span.trace_id == number)

    assert span.name.split() in (["GET"], ["GET", span.attributes.get("http.route")])
    assert span.attributes["http.response.status_code"] == 404
    assert not span.is_error


async def test_a_line_of_the_log_names_the_trace_that_it_belongs_to(observed: Observed) -> None:
    number = "e" * 32
    headers = {"traceparent": f"00-{number}-{'f' * 16}-01"}
    assert await get(observed.mesh, "/api/analytics/pcr/NIFTY?history=true", **headers) == 200

    async def lines() -> list[dict[str, Any]]:
        events = [event for event in observed.log() if event.get("trace_id") == number]
        return [event for event in events if event["service"] == "analytics"]

    (served,) = await eventually(lines, bool, seconds=SECONDS)
    spans = await observed.collector.wait(
        lambda span: span.trace_id == number and span.service == "analytics"
    )
    assert served["span_id"] in {span.span_id for span in spans}
    assert list(served)[:6] == ["timestamp", "level", "event", "service", "trace_id", "span_id"]


async def test_no_secret_is_in_a_span_or_in_the_log(observed: Observed) -> None:
    async with aiohttp.ClientSession(observed.mesh.http) as session:
        secrets = await secrets_of_somebody(session)
        for secret in secrets:
            for headers in (
                {"Authorization": f"Bearer {secret}"},
                {"X-Api-Key": secret},
                {"tracestate": f"vendor={secret[:200]}", "baggage": f"key={secret[:200]}"},
            ):
                async with session.get(f"/api/auth/me?key={QUERY}", headers=headers) as response:
                    await response.read()
    await observed.collector.wait(lambda span: span.attributes.get("http.route") == "/api/auth/me")
    written = "\n".join(json.dumps(event) for event in observed.log()).encode()
    sent = b"".join(observed.collector.requests)
    assert b"AuthService/CreateApiKey" in sent
    assert b"AuthService/CreateApiKey" in written
    for canary in (*secrets, SERVICE_SECRET, PASSWORD, QUERY, EMAIL):
        assert canary.encode() not in sent
        assert canary.encode() not in written
    # Tokens, whoever's they are.
    assert not re.search(rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ", sent + written)


async def secrets_of_somebody(session: aiohttp.ClientSession) -> list[str]:
    """Register, fail to log in, log in, make an API key; return what was given out on the way."""
    account = {"email": EMAIL, "password": PASSWORD}
    registered = await posted(session, "register", account | {"name": "Somebody"})
    await posted(session, "login", account | {"password": PASSWORD + "!"}, status=401)
    found = await posted(session, "login", account)
    bearer = {"Authorization": f"Bearer {found['token']}"}
    key = await posted(session, "api-keys", {"name": "a program"}, headers=bearer)
    renewed = await posted(session, "refresh", {"refresh_token": found["refresh_token"]})
    given = [answer["token"] for answer in (registered, found, renewed)]
    return [*given, found["refresh_token"], renewed["refresh_token"], key["secret"]]


async def posted(
    session: aiohttp.ClientSession,
    method: str,
    content: dict[str, str],
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> dict[str, str]:
    path = f"/api/auth/{method}"
    async with session.post(path, json=content, headers=headers) as response:
        assert response.status == status, await response.text()
        answer: dict[str, str] = await response.json()
        return answer
