"""The frames of a stream, for those who want more than events."""

import asyncio
from typing import Any

import grpc
from tests.client.scripted_mesh import (
    batch,
    caught_up,
    chain,
    client,
    go_away,
    heartbeat,
    reset,
    scripted_mesh,
)

from deltastream.client.errors import CallError, EndedError, ProtocolViolationError
from deltastream.client.frames import Events, FrameStream
from deltastream.client.resuming import Disconnected
from deltastream.client.rpc import CHAINS
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamChainsResponse
from deltastream.stream.v1.stream_pb2 import (
    RESET_REASON_TOKEN_TOO_OLD,
    CaughtUp,
    GoAway,
    Heartbeat,
    Lagged,
    Reset,
    Started,
)

SECONDS = 20.0


async def take(stream: FrameStream[Any], count: int) -> list[Any]:
    async with asyncio.timeout(SECONDS):
        return [await anext(stream) for _ in range(count)]


async def test_everything_that_a_stream_says_is_yielded_in_typed_form() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.frames(CHAINS, "NIFTY")
        reading = asyncio.create_task(take(stream, 8))
        call = await server.opened()
        call.send(
            reset(RESET_REASON_TOKEN_TOO_OLD),
            batch(chain(1), after="t1", snapshot=True),
            caught_up("t2"),
            StreamChainsResponse(lagged=Lagged(folded=3)),
            batch(chain(2), chain(3), after="t3"),
            heartbeat("t4"),
            go_away("t5"),
        )
        frames = await reading
    assert [type(frame) for frame in frames] == [
        Started,
        Reset,
        Events,
        CaughtUp,
        Lagged,
        Events,
        Heartbeat,
        GoAway,
    ]
    assert frames[2] == Events(events=(chain(1),), snapshot=True, token="t1")  # noqa: S106
    assert frames[5] == Events(events=(chain(2), chain(3)), snapshot=False, token="t3")  # noqa: S106


async def test_what_ended_a_connection_is_said_between_two() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.frames(CHAINS)
        reading = asyncio.create_task(take(stream, 10))
        (await server.opened()).fail(grpc.StatusCode.UNAVAILABLE)
        call = await server.opened()
        call.send(heartbeat("t1"), batch(chain(1), after="t2", sequence=7))
        (await server.opened()).end()
        (await server.opened()).send(go_away("t3"))
        _, failed, _, _, violated, _, ended, _, _, goodbye = await reading
    assert isinstance(failed, Disconnected)
    assert isinstance(failed.cause, CallError)
    assert failed.cause.code is grpc.StatusCode.UNAVAILABLE
    assert failed.pause > 0
    assert isinstance(violated.cause, ProtocolViolationError)
    assert isinstance(ended.cause, EndedError)
    assert goodbye == Disconnected(cause=None, pause=goodbye.pause)


async def test_after_a_reset_the_whole_snapshot_is_yielded() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.frames(CHAINS)
        reading = asyncio.create_task(take(stream, 4))
        call = await server.opened()
        call.send(batch(chain(5), after="t5"), reset(RESET_REASON_TOKEN_TOO_OLD))
        call.send(batch(chain(5), after="t5", snapshot=True))
        frames = await reading
    assert frames[3].events == (chain(5),)


async def test_a_kind_of_frame_that_is_not_known_yet_is_passed_over() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        stream = mesh.frames(CHAINS)
        reading = asyncio.create_task(take(stream, 2))
        call = await server.opened()
        call.send(StreamChainsResponse(), heartbeat("t1"))
        frames = await reading
    assert [type(frame) for frame in frames] == [Started, Heartbeat]
