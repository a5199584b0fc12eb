"""The client against the streams that the mesh really serves, over a bus of the test's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from tests.streams.streamed import RAW_CHAINS, product

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.client.frames import Gap
from deltastream.client.mesh import LOSSLESS, Mesh
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import CATALOG
from deltastream.feed import streams as feed_streams
from deltastream.feed.v1.feed_service_pb2 import StreamChainsRequest
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.listening import ListenError

NIFTY = "NIFTY"


def as_bytes(frame: Message | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.SerializeToString()


@dataclass
class Served:
    """Chains of a bus, served at one address, now and again."""

    port: int
    bus: MemoryBus = field(default_factory=MemoryBus)

    async def announce(self, *symbols: str) -> None:
        catalog = Catalog(self.bus)
        sequence = await self.bus.last_sequence(CATALOG) + 1
        await catalog.announce([product(s) for s in symbols], sequence=sequence)

    async def publish(self, *numbers: int, symbol: str = NIFTY) -> None:
        await self.bus.publish([RAW_CHAINS.entry(symbol, number) for number in numbers])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Callable[[], None]]:
        """Serve while the block runs; yields what makes the server say goodbye."""
        catalog = Catalog(self.bus)
        streams = feed_streams.open_streams(self.bus, catalog, session=lambda _: MarketSession.OPEN)

        async def stream_chains(request: Any, _: Any) -> AsyncIterator[Any]:
            async for frame in streams.chains.serve(request):
                yield frame

        handler = grpc.unary_stream_rpc_method_handler(
            stream_chains, StreamChainsRequest.FromString, as_bytes
        )
        server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
        server.add_generic_rpc_handlers(
            (
                grpc.method_handlers_generic_handler(
                    "deltastream.feed.v1.FeedService", {"StreamChains": handler}
                ),
            )
        )
        if server.add_insecure_port(f"127.0.0.1:{self.port}") != self.port:
            raise ListenError(str(self.port))

        def drain() -> None:
            for hub in streams.hubs:
                hub.drain()

        async with running(*(hub.run() for hub in streams.hubs)):
            await server.start()
            try:
                yield drain
            finally:
                await server.stop(None)

    def client(self, **options: Any) -> Mesh:
        return Mesh(f"localhost:{self.port}", chance=lambda: 0.0, **options)


@pytest.fixture
async def served(unused_tcp_port: int) -> Served:
    made = Served(port=unused_tcp_port)
    await made.announce(NIFTY, "SPY")
    return made


async def take(stream: Any, count: int) -> list[int]:
    async with asyncio.timeout(15):
        return [(await anext(stream)).sequence for _ in range(count)]


async def test_what_is_published_while_the_server_is_down_is_read_when_it_is_back(
    served: Served,
) -> None:
    async with served.client() as mesh:
        stream = mesh.raw_chains(NIFTY, delivery=LOSSLESS)
        seen: list[int] = []
        async with served.serving():
            await served.publish(1)
            seen += await take(stream, 1)
        for begin in (2, 12, 22):
            await served.publish(*range(begin, begin + 5))
            async with served.serving():
                seen += await take(stream, 3)
                await served.publish(*range(begin + 5, begin + 10))
                seen += await take(stream, 7)
    assert seen == list(range(1, 32))


async def test_a_server_that_says_goodbye_costs_nothing(served: Served) -> None:
    async with served.client() as mesh:
        stream = mesh.raw_chains(NIFTY, "SPY", delivery=LOSSLESS)
        async with served.serving() as drain:
            await served.publish(1)
            seen = await take(stream, 1)
            reading = asyncio.create_task(take(stream, 3))
            drain()
        await served.publish(2)
        await served.publish(3, symbol="SPY")
        async with served.serving():
            await served.publish(4)
            seen += await reading
    assert sorted(seen) == [1, 2, 3, 4]


async def test_a_stored_token_goes_on_in_another_process(served: Served) -> None:
    async with served.serving():
        await served.publish(1)
        async with served.client() as mesh:
            stream = mesh.raw_chains(NIFTY, delivery=LOSSLESS)
            assert await take(stream, 1) == [1]
            stored = stream.token
        await served.publish(2, 3)
        async with served.client() as mesh:
            again = mesh.raw_chains(NIFTY, delivery=LOSSLESS, resume=stored)
            assert await take(again, 2) == [2, 3]


async def test_another_bus_is_a_gap_and_then_everything_goes_on(served: Served) -> None:
    gaps: list[Gap] = []
    async with served.client(on_gap=gaps.append) as mesh:
        stream = mesh.raw_chains(NIFTY, delivery=LOSSLESS)
        async with served.serving():
            await served.publish(1, 2)
            reading = await take(stream, 1)
        served.bus = MemoryBus()
        await served.announce(NIFTY)
        await served.publish(1)
        async with served.serving():
            reading += await take(stream, 1)
            await served.publish(5)
            reading += await take(stream, 1)
    assert reading[-1] == 5
    assert [gap.reason for gap in gaps] == ["EPOCH_CHANGED"]
