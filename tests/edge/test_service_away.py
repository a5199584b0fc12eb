"""A service that goes away and comes back: what clients of the edge see of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse
from google.protobuf.duration_pb2 import Duration
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.test_transcoder_streams import frames, hand
from tests.edge.transcoder_mesh import Client, json_of, mesh, tick, transcoding
from tests.fixtures.counting_service import counting_service
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import DependencyUnavailableError, OverloadedError
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamTicksRequest,
    StreamTicksResponse,
    TickBatch,
)
from deltastream.runtime.channels import open_channel
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.stream.v1.stream_pb2 import GoAway, Started

_PATH = "/api/stream/ticks"
_PRODUCTS = "/api/data/products"
_EVENTS = {"Accept": "text/event-stream"}
SECONDS = 10.0


async def event_of(response: ClientResponse) -> dict[str, str]:
    """Return the fields of the next event, skipping what a browser skips."""
    async with asyncio.timeout(SECONDS):
        while True:
            block = (await response.content.readuntil(b"\n\n")).decode().strip()
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            if "data" in fields:
                return fields


def ticks_of(event: dict[str, str]) -> list[int]:
    return [int(tick["sequence"]) for tick in orjson.loads(event["data"])["batch"]["ticks"]]


def batch(frame: int, number: int) -> StreamTicksResponse:
    return StreamTicksResponse(
        sequence=frame, resume_token=f"t{number}", batch=TickBatch(ticks=[tick(number)])
    )


def started() -> StreamTicksResponse:
    return StreamTicksResponse(sequence=1, started=Started(epoch="e"))


@pytest.mark.parametrize(
    "interruption",
    [DependencyUnavailableError("bus"), OverloadedError(1), None],
    ids=["unavailable", "overloaded", "ended"],
)
async def test_a_browser_reads_on_while_the_service_is_away(
    interruption: Exception | None,
) -> None:
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1), interruption)
        hand(edge, started(), batch(2, 2))
        async with edge.client.get(_PATH, headers=_EVENTS) as response:
            events = [await event_of(response) for _ in range(4)]
        assert [event["event"] for event in events] == ["started", "batch", "started", "batch"]
        assert [ticks_of(events[1]), ticks_of(events[3])] == [[1], [2]]
        assert edge.seen.requests[-1] == StreamTicksRequest(resume_token="t1")  # noqa: S106


async def test_a_goodbye_of_the_service_is_not_one_of_the_edge() -> None:
    farewell = GoAway(reconnect_after=Duration(nanos=1))
    async with mesh() as edge:
        hand(edge, started(), batch(2, 1))
        hand(edge, StreamTicksResponse(sequence=3, resume_token="t1", go_away=farewell))  # noqa: S106
        # The call is given up by then; what ends it takes it off the queue.
        hand(edge, None, started(), batch(2, 2))
        async with edge.client.get(_PATH, headers=_EVENTS) as response:
            events = [await event_of(response) for _ in range(4)]
        assert [event["event"] for event in events] == ["started", "batch", "started", "batch"]


async def test_while_the_service_is_away_comments_keep_the_connection() -> None:
    async with mesh() as edge:
        hand(edge, started(), *[DependencyUnavailableError("bus")] * 3)
        async with edge.client.get(_PATH, headers=_EVENTS) as response, asyncio.timeout(SECONDS):
            blocks = [await response.content.readuntil(b"\n\n") for _ in range(4)]
        assert blocks[0].startswith(b"retry: ")
        assert all(block.startswith(b": ") for block in blocks[2:])


async def test_what_would_be_refused_again_ends_the_stream() -> None:
    async with mesh() as edge:
        hand(edge, started(), RoleInsufficientError("READER"))
        async with edge.client.get(_PATH, headers=_EVENTS) as response:
            await event_of(response)
            last = await event_of(response)
            assert await response.content.read() == b""
        assert last["event"] == "error"
        assert reason_of(orjson.loads(last["data"])) == "ROLE_INSUFFICIENT"


async def test_a_deadline_of_the_client_holds_for_all_calls_together() -> None:
    async with mesh() as edge:
        hand(edge, started(), DependencyUnavailableError("bus"), started())
        headers = _EVENTS | {"Grpc-Timeout": "500m"}
        async with edge.client.get(_PATH, headers=headers) as response:
            while (event := await event_of(response))["event"] != "error":
                assert event["event"] == "started"
        assert reason_of(orjson.loads(event["data"])) == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize(("asked", "given"), [("45s", 10), ("3s", 3)])
async def test_no_proxy_sees_a_longer_silence_than_ten_seconds(asked: str, given: int) -> None:
    async with mesh() as edge:
        hand(edge, started())
        path = f"{_PATH}?heartbeat_interval={asked}"
        async with edge.client.get(path, headers=_EVENTS) as response:
            await event_of(response)
        expected = StreamTicksRequest(heartbeat_interval=Duration(seconds=given))
        assert edge.seen.requests[-1] == expected


async def test_a_longer_silence_than_the_contract_allows_is_still_refused() -> None:
    async with mesh() as edge:
        response = await edge.client.get(f"{_PATH}?heartbeat_interval=61s", headers=_EVENTS)
        assert response.status == 400


@pytest.mark.parametrize("accept", [{}, _EVENTS], ids=["lines", "events"])
async def test_a_stream_that_ends_before_it_begins_is_no_fault_of_the_edge(
    accept: dict[str, str],
) -> None:
    async with mesh() as edge:
        hand(edge, DependencyUnavailableError("bus"))
        response = await edge.client.get(_PATH, headers=accept)
        assert (response.status, response.headers["Retry-After"]) == (503, "1")


async def test_browsers_are_sent_away_at_once_when_the_edge_stops() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0])
        async with edge.client.get(_PATH, headers=_EVENTS) as response:
            await event_of(response)
            await stop(edge.client)
            assert await response.content.read() == b": goodbye\n\n"


async def test_readers_of_lines_are_told_when_the_edge_stops() -> None:
    async with mesh() as edge:
        hand(edge, frames()[0])
        async with edge.client.get(_PATH) as response:
            await response.content.readline()
            await stop(edge.client)
            last = orjson.loads(await response.content.read())
        assert reason_of(last["error"]) == "DRAINING"


async def stop(client: Client) -> None:
    """Stop the server, which would wait a minute for what is under way."""
    async with asyncio.timeout(SECONDS):
        await client.server.close()


@asynccontextmanager
async def edge_of(port: int, limits: CallLimits | None = None) -> AsyncIterator[Client]:
    """Serve the transcoder before a service that comes and goes."""
    async with (
        open_channel(f"127.0.0.1:{port}", service="enrichment") as channel,
        transcoding(channel, limits=limits, seconds=40.0) as client,
    ):
        yield client


async def products_of(client: Client) -> ClientResponse:
    async with client.get(_PRODUCTS) as response:
        await response.read()
        return response


async def test_while_a_service_is_away_the_answer_is_503_and_when_to_retry(
    unused_tcp_port: int,
) -> None:
    async with edge_of(unused_tcp_port) as client:
        for path, accept in ((_PRODUCTS, {}), (_PATH, {}), (_PATH, _EVENTS)):
            async with client.get(path, headers=accept) as response:
                assert (response.status, response.headers["Retry-After"]) == (503, "1")
                assert reason_of(await json_of(response)) == "DEPENDENCY_UNAVAILABLE"
        async with counting_service(unused_tcp_port):
            # By itself, without a restart of the edge.
            await eventually(
                lambda: products_of(client),
                lambda response: response.status == 200,
                seconds=SECONDS,
            )


async def test_a_service_that_is_killed_in_mid_call_is_503_and_never_500(
    unused_tcp_port: int,
) -> None:
    statuses: list[int] = []

    async def ask_for_ever(client: Client) -> None:
        while True:
            statuses.append((await products_of(client)).status)

    async def answers() -> int:
        return len(statuses)

    async with edge_of(unused_tcp_port) as client:
        for _ in range(3):
            async with counting_service(unused_tcp_port) as process:
                await eventually(
                    lambda: products_of(client), lambda r: r.status == 200, seconds=SECONDS
                )
                asking = [asyncio.create_task(ask_for_ever(client)) for _ in range(8)]
                enough = len(statuses) + 50
                await eventually(answers, lambda count: count >= enough)  # noqa: B023 - waits here
                process.kill()
                await process.wait()
                await eventually(
                    lambda: products_of(client), lambda r: r.status == 503, seconds=SECONDS
                )
                for task in asking:
                    task.cancel()
                await asyncio.gather(*asking, return_exceptions=True)
    assert set(statuses) == {200, 503}


async def test_server_sent_events_go_on_exactly_across_kills_of_the_service(
    unused_tcp_port: int,
) -> None:
    seen: list[int] = []

    async def read(response: Any, until: int) -> None:
        while not seen or seen[-1] < until:
            event = await event_of(response)
            if event["event"] == "batch":
                assert event["id"] == str(ticks_of(event)[-1])
                seen.extend(ticks_of(event))

    async with edge_of(unused_tcp_port) as client, asyncio.timeout(30):
        async with counting_service(unused_tcp_port) as process:
            response = await client.get(_PATH, headers=_EVENTS)
            await read(response, 50)
            process.kill()
        for _ in range(2):
            async with counting_service(unused_tcp_port) as process:
                await read(response, seen[-1] + 50)
                process.kill()
        response.close()
        # What a browser does that was cut off itself.
        async with counting_service(unused_tcp_port):
            headers = _EVENTS | {"Last-Event-ID": str(seen[-1])}
            response = await until_ok(client, headers)
            await read(response, seen[-1] + 50)
            response.close()
    assert seen == list(range(1, seen[-1] + 1))


async def until_ok(client: Client, headers: dict[str, str]) -> ClientResponse:
    return await eventually(
        lambda: client.get(_PATH, headers=headers), lambda response: response.status == 200
    )
