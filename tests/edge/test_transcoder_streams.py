"""A stream of frames becomes lines of JSON, or server-sent events."""

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from tests.edge.json_values import to_dict
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.transcoder_mesh import DEADLINE, GOLDEN, Mesh, json_of, mesh, tick

from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamTicksRequest,
    StreamTicksResponse,
    TickBatch,
)
from deltastream.market.v1.session_pb2 import MARKET_SESSION_OPEN
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.errors import SlowConsumerError
from deltastream.stream.v1.stream_pb2 import GoAway, Heartbeat, Started

_PATH = "/api/stream/ticks"
_TOKENS = ("t1", "t2", "t3")
_EVENTS = {"Accept": "text/event-stream"}


def frames() -> list[StreamTicksResponse]:
    return [
        StreamTicksResponse(sequence=1, resume_token=_TOKENS[0], started=Started(epoch="e")),
        StreamTicksResponse(sequence=2, resume_token=_TOKENS[1], batch=TickBatch(ticks=[tick(1)])),
        StreamTicksResponse(
            sequence=3, resume_token=_TOKENS[2], heartbeat=Heartbeat(session=MARKET_SESSION_OPEN)
        ),
        StreamTicksResponse(
            sequence=4, go_away=GoAway(reconnect_after=Duration(seconds=1, nanos=500_000_000))
        ),
    ]


def hand(edge: Mesh, *things: StreamTicksResponse | Exception | None) -> None:
    for thing in things:
        edge.enrichment.frames.put_nowait(thing)


async def line_of(response: ClientResponse) -> Any:
    async with asyncio.timeout(DEADLINE):
        return orjson.loads(await response.content.readline())


async def test_frames_are_lines_of_json() -> None:
    async with mesh() as edge:
        hand(edge, *frames(), None)
        response = await edge.client.get(_PATH)
        assert response.status == 200
        assert response.content_type == "application/x-ndjson"
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.text() == (GOLDEN / "stream.ndjson").read_text(encoding="utf-8")


async def test_frames_are_events_where_the_client_accepts_them() -> None:
    expected = (GOLDEN / "stream.events").read_bytes()
    async with mesh() as edge:
        hand(edge, *frames())
        async with edge.client.get(_PATH, headers=_EVENTS) as response:
            assert response.status == 200
            assert response.content_type == "text/event-stream"
            assert response.headers["Cache-Control"] == "no-cache"
            assert await response.content.readexactly(len(expected)) == expected


async def test_each_frame_is_sent_when_it_comes() -> None:
    async with mesh() as edge:
        first, second, *_ = frames()
        hand(edge, first)
        async with edge.client.get(_PATH) as response:
            assert await line_of(response) == {"result": to_dict(first)}
            hand(edge, second)
            assert await line_of(response) == {"result": to_dict(second)}


@pytest.mark.parametrize("accept", [{}, _EVENTS])
async def test_a_failure_before_the_first_frame_is_the_http_status(accept: dict[str, str]) -> None:
    async with mesh() as edge:
        hand(edge, SlowConsumerError("NIFTY"))
        response = await edge.client.get(_PATH, headers=accept)
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        assert reason_of(await json_of(response)) == "SLOW_CONSUMER"


async def test_a_failure_later_is_the_last_line() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0], SlowConsumerError("NIFTY"))
        response = await edge.client.get(_PATH)
        assert response.status == 200
        _, last = (orjson.loads(line) for line in (await response.read()).splitlines())
        assert list(last) == ["error"]
        assert reason_of(last["error"]) == "SLOW_CONSUMER"


async def test_a_failure_later_is_an_event_of_its_own() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0], SlowConsumerError("NIFTY"))
        text = await (await edge.client.get(_PATH, headers=_EVENTS)).text()
        _retry, _started, failure, _end = text.split("\n\n")
        kind, data = failure.split("\n")
        assert kind == "event: error"
        assert reason_of(orjson.loads(data.removeprefix("data: "))) == "SLOW_CONSUMER"


async def test_a_request_that_breaks_a_rule_is_refused_with_400() -> None:
    async with mesh() as edge:
        response = await edge.client.get(f"{_PATH}?heartbeat_interval=61s")
        assert response.status == 400
        assert reason_of(await json_of(response)) == "VALIDATION_FAILED"


async def test_a_browser_that_reconnects_resumes_after_its_last_event() -> None:
    async with mesh() as edge:
        hand(edge, None)
        _, newer, older = _TOKENS
        headers = _EVENTS | {"Last-Event-ID": newer}
        await edge.client.get(f"{_PATH}?resume_token={older}", headers=headers)
        assert edge.seen.requests[-1] == StreamTicksRequest(resume_token=newer)


async def test_a_client_of_lines_resumes_by_the_query() -> None:
    async with mesh() as edge:
        hand(edge, None)
        _, newer, older = _TOKENS
        headers = {"Last-Event-ID": newer}
        await edge.client.get(f"{_PATH}?resume_token={older}", headers=headers)
        assert edge.seen.requests[-1] == StreamTicksRequest(resume_token=older)


async def test_a_client_that_goes_away_ends_the_stream_upstream() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0])
        async with edge.client.get(_PATH) as response:
            await line_of(response)
            response.close()
        async with asyncio.timeout(DEADLINE):
            await edge.enrichment.ended.wait()


async def test_a_client_that_does_not_read_holds_the_service_back_and_is_given_up() -> None:
    async with mesh(CallLimits(write_timeout=0.3)) as edge:
        big = StreamTicksResponse(batch=TickBatch(ticks=[tick(n) for n in range(1, 1001)]))
        hand(edge, *[big] * 2000)
        async with asyncio.timeout(DEADLINE):
            _, writer = await asyncio.open_connection("127.0.0.1", edge.client.port, limit=1)
            writer.write(f"GET {_PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await edge.enrichment.ended.wait()
            writer.close()
        # 2,000 of these frames are 200 MB of JSON.
        assert 0 < edge.enrichment.sent < 500


async def test_a_stream_that_never_begins_is_unavailable() -> None:
    async with mesh(CallLimits(first_frame_timeout=0.1)) as edge:
        response = await edge.client.get(_PATH)
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
        assert reason_of(await json_of(response)) == "DEPENDENCY_UNAVAILABLE"
        async with asyncio.timeout(DEADLINE):
            await edge.enrichment.ended.wait()


async def test_silence_beyond_every_heartbeat_ends_the_stream() -> None:
    async with mesh(CallLimits(silence_timeout=0.1)) as edge:
        hand(edge, frames()[0])
        async with edge.client.get(_PATH) as response:
            await line_of(response)
            last = await line_of(response)
        assert reason_of(last["error"]) == "DEPENDENCY_UNAVAILABLE"


async def test_a_deadline_of_the_client_ends_the_stream() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0])
        async with edge.client.get(_PATH, headers={"Grpc-Timeout": "200m"}) as response:
            await line_of(response)
            last = await line_of(response)
        assert reason_of(last["error"]) == "DEADLINE_EXCEEDED"


async def test_a_frame_that_has_no_json_ends_the_stream_without_its_cause() -> None:
    async with mesh() as edge:
        broken = StreamTicksResponse(
            batch=TickBatch(ticks=[UnderlyingTick(timestamp=Timestamp(seconds=1 << 60))])
        )
        hand(edge, frames()[0], broken)
        response = await edge.client.get(_PATH)
        last = orjson.loads((await response.read()).splitlines()[-1])
        assert reason_of(last["error"]) == "INTERNAL"


async def test_a_last_event_id_that_is_no_text_is_refused() -> None:
    async with mesh() as edge, asyncio.timeout(DEADLINE):
        reader, writer = await asyncio.open_connection("127.0.0.1", edge.client.port)
        head = f"GET {_PATH} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n".encode()
        writer.write(head + b"Last-Event-ID: \xff\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
