"""The original platform's paths, through the edge's transcoder."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import orjson
import pytest
from aiohttp import ClientResponse
from tests.edge.transcoder_mesh import Client, json_of, transcoding
from tests.logs.served import Served

from deltastream.edge.transcoder.call_options import CallLimits


@pytest.fixture
async def client(served: Served) -> AsyncIterator[Client]:
    async with transcoding(served.channel) as running:
        yield running


async def refused(response: ClientResponse, *, status: int) -> Any:
    """Return the details of an answer that is a refusal."""
    assert response.status == status
    return (await json_of(response))["details"]


async def test_a_record_is_posted_and_read_as_the_originals_clients_do(client: Client) -> None:
    posted = await client.post(
        "/logs",
        json={
            "service": "worker-enricher",
            "level": "warning",
            "message": "slow",
            "timestamp": "2026-01-27T12:00:00Z",
            "fields": {"seconds": "1.5"},
        },
    )
    assert (posted.status, await json_of(posted)) == (200, {"status": "logged", "accepted": 1})
    answer = await json_of(await client.get("/logs/worker-enricher?limit=10"))
    (log,) = answer.pop("logs")
    assert answer == {"service": "worker-enricher", "count": 1, "next_page_token": ""}
    assert int(log.pop("sequence")) > 0
    assert log == {
        "timestamp": "2026-01-27T12:00:00Z",
        "service": "worker-enricher",
        "level": "LOG_LEVEL_WARNING",
        "event": "slow",
        "trace_id": "",
        "span_id": "",
        "fields": {"seconds": "1.5"},
    }


async def test_several_records_are_posted_at_once_and_all_services_are_read(
    client: Client,
) -> None:
    for service in ("mine", "yours"):
        entries = [{"event": f"{service} {number}"} for number in range(2)]
        posted = await client.post("/logs", json={"service": service, "entries": entries})
        assert (await json_of(posted))["accepted"] == 2
    answer = await json_of(await client.get("/logs?level=LOG_LEVEL_INFO&contains=1"))
    assert [log["event"] for log in answer["logs"]] == ["yours 1", "mine 1"]


@pytest.mark.parametrize(
    "path",
    [
        "/logs/..%2F..%2Fetc%2Fpasswd",
        "/logs/%2Fetc%2Fpasswd",
        "/logs/..%5C..%5Cwindows",
        "/logs/STORAGE",
        "/logs/storage%00",
        f"/logs/{'a' * 41}",
    ],
)
async def test_a_path_is_no_service(client: Client, path: str) -> None:
    response = await client.get(path)
    info, request = await refused(response, status=400)
    assert info["reason"] in {"VALIDATION_FAILED", "MALFORMED_REQUEST"}
    assert "service" in str(request)


async def test_a_path_above_is_no_route(client: Client) -> None:
    (info,) = await refused(await client.get("/logs/../../etc/passwd"), status=404)
    assert info["reason"] == "ROUTE_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"service": "../../etc/passwd", "message": "x"}, "VALIDATION_FAILED"),
        ({"message": "x"}, "VALIDATION_FAILED"),
        ({"service": "mine"}, "VALIDATION_FAILED"),
        ({"service": "mine", "message": "x", "user": 1}, "UNKNOWN_FIELD"),
        ({"service": "mine", "message": "x", "fields": {"n": 1}}, "MALFORMED_REQUEST"),
        ({"service": "mine", "message": "x", "level": "loud"}, "VALIDATION_FAILED"),
        ([], "MALFORMED_REQUEST"),
    ],
)
async def test_what_is_no_record_is_refused_and_nothing_is_kept(
    client: Client, body: Any, reason: str
) -> None:
    details = await refused(await client.post("/logs", json=body), status=400)
    assert details[0]["reason"] == reason
    assert (await json_of(await client.get("/logs")))["count"] == 0


async def test_the_stream_is_lines_of_json(client: Client) -> None:
    async with client.get("/api/logs/stream?services=mine&backlog=5") as response:
        assert response.content_type == "application/x-ndjson"
        first = orjson.loads(await response.content.readline())
        assert first["result"]["started"]["delivery"] == "DELIVERY_POLICY_LOSSLESS"
        assert "caught_up" in orjson.loads(await response.content.readline())["result"]
        await client.post("/logs", json={"service": "mine", "message": "now"})
        frame = orjson.loads(await response.content.readline())["result"]
        assert [log["event"] for log in frame["batch"]["logs"]] == ["now"]


async def test_a_browser_reads_events_and_goes_on_after_the_last_one(client: Client) -> None:
    events = {"Accept": "text/event-stream"}
    async with client.get("/api/logs/stream", headers=events) as response:
        assert response.content_type == "text/event-stream"
        await until(response, "caught_up")
        await client.post("/logs", json={"service": "mine", "message": "one"})
        last = (await until(response, "batch"))["id"]
    await client.post("/logs", json={"service": "mine", "message": "two"})
    async with client.get("/api/logs/stream", headers=events | {"Last-Event-ID": last}) as response:
        batch = orjson.loads((await until(response, "batch"))["data"])["batch"]
        assert [log["event"] for log in batch["logs"]] == ["two"]


async def until(response: ClientResponse, kind: str) -> dict[str, str]:
    """Read events up to the first of a kind, and return its fields."""
    fields: dict[str, str] = {}
    while True:
        assert not response.content.at_eof(), fields
        line = (await response.content.readline()).decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif kind in orjson.loads(fields.get("data", "{}")):
            return fields
        else:
            fields = {}


async def test_a_service_that_is_away_is_said_with_when_to_try_again() -> None:
    async with (
        grpc.aio.insecure_channel("127.0.0.1:1") as nowhere,
        transcoding(nowhere, limits=CallLimits()) as client,
    ):
        response = await client.get("/logs/storage")
        details = await refused(response, status=503)
        assert details[0]["reason"] == "DEPENDENCY_UNAVAILABLE"
        assert response.headers["Retry-After"]
