"""Streams end when their tokens do, at every door; who has a new one reads on without a gap."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import grpc
import pytest
import pytest_asyncio
from tests.fixtures.grpc_loopback import reason_of
from tests.security.doors import IN_THE_SUITE, PASSWORD, Doors, answer, bearing, open_doors

from deltastream.client import LOSSLESS, Mesh
from deltastream.client.errors import CallError
from deltastream.client.frames import Events, FrameStream
from deltastream.client.resuming import Disconnected
from deltastream.client.rpc import CHAINS
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksRequest
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.market.v1.chain_pb2 import EnrichedChain

pytestmark = IN_THE_SUITE

LIFE_SECONDS: Final = 6.0
POLL_SECONDS: Final = 5.0
SLACK_SECONDS: Final = 10.0
DEADLINE: Final = 60.0
STREAM: Final = "/api/stream/ticks"
EVENTS: Final = {"Accept": "text/event-stream"}
Place = tuple[str, int]
Begun = asyncio.Queue[str]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def brief(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    """Return a mesh whose tokens last for a few seconds."""
    minutes = str(LIFE_SECONDS / 60.0)
    folder = tmp_path_factory.mktemp("brief") / "mesh"
    async with open_doors(folder, DELTASTREAM_ACCESS_MINUTES=minutes) as opened:
        yield opened
        assert opened.faults() == []


async def by_grpc(address: str, token: str, begun: Begun) -> str:
    """Read a stream to its end, and return the reason for that."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = EnrichmentServiceStub(channel).StreamTicks(
            StreamTicksRequest(), metadata=bearing(token)
        )
        try:
            await call.read()
            begun.put_nowait("gRPC")
            while await call.read() is not grpc.aio.EOF:
                pass
        except grpc.aio.AioRpcError as error:
            return f"{error.code().name} {reason_of(error)}"
        finally:
            call.cancel()
    return "EOF"


async def by_http(url: str, token: str, begun: Begun, **headers: str) -> str:
    """Read a stream to its end, and return the reason that stands last in it."""
    async with (
        aiohttp.ClientSession(url, headers=dict(bearing(token)) | headers) as session,
        session.get(STREAM) as response,
    ):
        assert response.status == 200
        said = (await response.content.readline()).decode()
        begun.put_nowait("HTTP")
        said += (await response.read()).decode()
    if headers:
        *_, last, nothing = said.split("\n\n")
        assert nothing == ""
        kind, data = last.split("\n")
        assert kind == "event: error"
        status = json.loads(data.removeprefix("data: "))
    else:
        *_, last = said.splitlines()
        status = json.loads(last)["error"]
    return f"{status['code']} {status['details'][0]['reason']}"


async def endings(doors: Doors, token: str, begun: Begun) -> dict[str, str]:
    """Read streams at every door to their ends, at once."""
    readers = {
        "role": by_grpc(doors.mesh.grpc["enrichment"], token, begun),
        "public": by_grpc(doors.public, token, begun),
        "lines": by_http(doors.mesh.http, token, begun),
        "events": by_http(doors.mesh.http, token, begun, **EVENTS),
    }
    async with asyncio.timeout(DEADLINE):
        found = await asyncio.gather(*readers.values())
    return dict(zip(readers, found, strict=True))


def each(reason: str) -> dict[str, str]:
    grpc_status, http_code = "UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED.value[0]
    return dict.fromkeys(("role", "public"), f"{grpc_status} {reason}") | dict.fromkeys(
        ("lines", "events"), f"{http_code} {reason}"
    )


async def test_a_stream_ends_with_its_token_at_every_door(brief: Doors) -> None:
    token = (await brief.log_in("reader"))["token"]
    begun = time.monotonic()
    assert await endings(brief, token, asyncio.Queue()) == each("TOKEN_EXPIRED")
    # Moments of tokens are whole seconds.
    assert LIFE_SECONDS - 1.5 < time.monotonic() - begun < LIFE_SECONDS + SLACK_SECONDS


async def test_a_stream_ends_with_its_session_at_every_door(doors: Doors) -> None:
    account = await doors.register(f"u{secrets.token_hex(6)}")
    begun: Begun = asyncio.Queue()
    reading = asyncio.create_task(endings(doors, account["token"], begun))
    others = (await doors.log_in("reader"))["token"]
    other = asyncio.create_task(by_grpc(doors.public, others, begun))
    async with asyncio.timeout(DEADLINE):
        for _ in range(5):
            await begun.get()
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        log_out = {"refresh_token": account["refresh_token"]}
        await answer(session.post("/api/auth/logout", json=log_out))
    ended_at = time.monotonic()
    assert await reading == each("CREDENTIALS_INVALID")
    assert time.monotonic() - ended_at < POLL_SECONDS + SLACK_SECONDS
    assert not other.done()
    other.cancel()


async def test_the_python_client_reads_on_with_a_new_token_and_misses_nothing(
    brief: Doors,
) -> None:
    gaps: list[object] = []
    long_lived = brief.authority.token("reader", subject="operator", session=None)
    login = ("reader@example.com", PASSWORD)
    async with (
        Mesh(brief.public, login=login, on_gap=gaps.append) as renewing,
        Mesh(brief.public, token=long_lived, on_gap=gaps.append) as steady,
        asyncio.timeout(DEADLINE),
    ):
        one = renewing.frames(CHAINS, delivery=LOSSLESS)
        other = steady.frames(CHAINS, delivery=LOSSLESS)
        (got, endings), (wanted, undisturbed) = await asyncio.gather(
            read(one, seconds=3.5 * LIFE_SECONDS), read(other, seconds=3.5 * LIFE_SECONDS)
        )
    assert undisturbed == []
    assert endings
    assert set(endings) == {"TOKEN_EXPIRED"}
    assert gaps == []
    both = set(got) & set(wanted)
    assert len(both) > 20
    assert missing(got, wanted) == missing(wanted, got) == []
    assert len(got) == len(set(got))


async def read(
    stream: FrameStream[EnrichedChain], *, seconds: float
) -> tuple[list[Place], list[str]]:
    """Read a stream for some time; return the news, and why it was interrupted."""
    places: list[Place] = []
    reasons: list[str] = []
    until = time.monotonic() + seconds
    async with stream:
        async for frame in stream:
            match frame:
                case Events(events=chains, snapshot=False):
                    places += [(chain.product, chain.sequence) for chain in chains]
                case Disconnected(cause=CallError(reason=reason)):
                    reasons.append(reason)
            if time.monotonic() > until:
                break
    return places, reasons


def missing(some: list[Place], others: list[Place]) -> list[Place]:
    """Return what others have and some lack, between what both have of each product."""
    lacking = []
    for product in {product for product, _ in some}:
        mine = sorted(place for place in set(some) if place[0] == product)
        theirs = {place for place in others if place[0] == product}
        shared = [place for place in mine if place in theirs]
        if shared:
            between = {place for place in theirs if shared[0] <= place <= shared[-1]}
            lacking += sorted(between - set(mine))
    return lacking


async def test_a_program_with_an_api_key_reads_on_by_itself(brief: Doors) -> None:
    token = (await brief.log_in("reader"))["token"]
    async with aiohttp.ClientSession(brief.mesh.http) as session:
        headers = dict(bearing(token))
        made = await answer(
            session.post("/api/auth/api-keys", json={"name": "stream"}, headers=headers)
        )
        kinds: list[Any] = []
        until = time.monotonic() + 2.5 * LIFE_SECONDS
        async with (
            asyncio.timeout(DEADLINE),
            session.get(STREAM, headers=EVENTS | {"X-Api-Key": made["secret"]}) as response,
        ):
            async for line in response.content:
                if line.startswith(b"event: "):
                    kinds.append(line.decode().removeprefix("event: ").strip())
                if time.monotonic() > until and kinds[-1] == "batch":
                    break
    assert kinds.count("started") >= 2
    assert "error" not in kinds
