"""Reads through stubs have a deadline, which gRPC counts from the moment."""

from typing import Any

import grpc
import pytest

from deltastream.client.channels import open_channel
from deltastream.client.target import Target

SERVICE = "deltastream.feed.v1.FeedService"
READ, OTHER = "GetFeedStatus", "Change"


@pytest.mark.parametrize(
    ("seconds", "least", "most"), [(None, 5.0, 10.0), (60.0, 50.0, 60.0), (4.0, 0.0, 4.0)]
)
async def test_a_read_has_ten_seconds_or_what_it_says(
    seconds: float | None, least: float, most: float
) -> None:
    left = await time_left(READ, seconds)
    # A little is added on the way, so that nothing ends too early.
    assert left is not None
    assert least < left < most + 0.1


async def test_what_changes_something_has_the_time_that_it_says() -> None:
    assert await time_left(OTHER, None) is None


async def time_left(method: str, seconds: float | None) -> float | None:
    """Make a call, and return how much time it has where it arrives."""
    noted: list[float | None] = []

    async def answer(_: Any, context: Any) -> bytes:
        noted.append(context.time_remaining())
        return b""

    server = grpc.aio.server()
    handlers: Any = {name: grpc.unary_unary_rpc_method_handler(answer) for name in (READ, OTHER)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with open_channel(Target.of(f"127.0.0.1:{port}")) as channel:
            call: Any = channel.unary_unary(f"/{SERVICE}/{method}")
            await call(b"", timeout=seconds)
    finally:
        await server.stop(None)
    (left,) = noted
    return left
