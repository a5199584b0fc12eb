"""Reading a stream, with deadlines."""

import asyncio
from collections.abc import Sequence
from typing import Any

import grpc
import pytest
from tests.streams.conftest import Served

from deltastream.stream.v1 import stream_pb2

SECONDS = 10.0
LOSSLESS = stream_pb2.DELIVERY_POLICY_LOSSLESS
CONFLATED = stream_pb2.DELIVERY_POLICY_CONFLATED
POLICIES = pytest.mark.parametrize("delivery", [CONFLATED, LOSSLESS], ids=["conflated", "lossless"])


async def next_frame(stream: Any) -> Any:
    async with asyncio.timeout(SECONDS):
        frame = await stream.read()
    assert frame is not grpc.aio.EOF, "the stream ended"
    return frame


async def until(stream: Any, kind: str) -> list[Any]:
    """Read frames up to the first of a kind, and return them all."""
    frames = [await next_frame(stream)]
    while frames[-1].WhichOneof("frame") != kind:
        frames.append(await next_frame(stream))
    return frames


async def through(served: Served, stream: Any, number: int) -> list[Any]:
    """Read frames up to the one that has an event of this number, and return them all."""
    frames: list[Any] = []
    while not frames or number not in served.rpc.sequences(frames[-1].batch):
        frames.append(await next_frame(stream))
    return frames


async def collect(served: Served, stream: Any, count: int) -> tuple[list[int], Any]:
    """Read `count` events; return their sequences and the last frame."""
    sequences: list[int] = []
    frame = None
    while len(sequences) < count:
        frame = (await until(stream, "batch"))[-1]
        sequences += served.rpc.sequences(frame.batch)
    return sequences, frame


async def ended(stream: Any) -> grpc.StatusCode:
    """Read to the end, and return the status."""
    async with asyncio.timeout(SECONDS):
        try:
            while await stream.read() is not grpc.aio.EOF:
                pass
        except grpc.aio.AioRpcError:
            pass
        code: grpc.StatusCode = await stream.code()
        return code


def kinds(frames: Sequence[Any]) -> list[str]:
    return [frame.WhichOneof("frame") for frame in frames]


def numbers(served: Served, frames: Sequence[Any]) -> list[int]:
    """Return the numbers of all events of the frames."""
    return [number for frame in frames for number in served.rpc.sequences(frame.batch)]
