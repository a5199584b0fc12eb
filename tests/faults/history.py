"""What a subscriber was told, kept by one that goes on after every interruption."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from tests.faults.waiting import moment_when

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.channels import open_channel
from deltastream.stream.v1 import stream_pb2

_PAUSE_SECONDS: Final = 0.1


@dataclass(slots=True)
class History:
    """The chains that one subscriber got, over all of its streams.

    Attributes:
        name: who it is.
        sequences: by product, in the order of arrival.
        streams: how many were opened.
        resets: how often the server could not go on where the subscriber was.
        skipped_frames: gaps in the numbers of the frames.
        longest_silence: seconds between two frames with data, from the first on.
        failures: how streams ended, by status.
        newest: the greatest sequence that arrived, by product.
        delays: the longest that a chain took from its publication to its arrival, in seconds, by
            product; its sequence says when it was published.
    """

    name: str
    sequences: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    streams: int = 0
    resets: int = 0
    skipped_frames: int = 0
    longest_silence: float = 0.0
    failures: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    newest: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    delays: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _last_data: float | None = None

    @property
    def count(self) -> int:
        """How many chains arrived."""
        return sum(map(len, self.sequences.values()))

    def add(self, chains: Sequence[Any], *, at: float) -> None:
        """Note what a frame brought."""
        now = time.time()
        for chain in chains:
            product, sequence = chain.product, chain.sequence
            self.sequences[product].append(sequence)
            self.newest[product] = max(self.newest[product], sequence)
            self.delays[product] = max(self.delays[product], now - sequence / 1e6)
        if self._last_data is not None:
            self.longest_silence = max(self.longest_silence, at - self._last_data)
        self._last_data = at

    async def goes_on(self, products: Sequence[str], *, after: int, seconds: float) -> float:
        """Wait until each product has an event of a greater sequence.

        Returns:
            When that was, by the loop's clock; infinity if it was not within `seconds`.
        """

        async def all_newer() -> bool:
            return all(self.newest[product] > after for product in products)

        return await moment_when(all_newer, seconds=seconds)


@asynccontextmanager
async def following(address: str, products: Sequence[str], *, name: str) -> AsyncIterator[History]:
    """Subscribe to products, losing nothing, while the block runs; it begins when live.

    Args:
        address: where EnrichmentService answers.
        products: their symbols.
        name: who the subscriber is.
    """
    history = History(name)
    live = asyncio.Event()
    task = asyncio.create_task(_follow(history, address, products, live))
    try:
        async with asyncio.timeout(30):
            await live.wait()
        yield history
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _follow(
    history: History, address: str, products: Sequence[str], live: asyncio.Event
) -> None:
    token = ""
    async with open_channel(address, service="enrichment") as channel:
        stub = EnrichmentServiceStub(channel)
        while True:
            history.streams += 1
            call = stub.StreamChains(
                pb.StreamChainsRequest(
                    products=products,
                    resume_token=token,
                    delivery=stream_pb2.DELIVERY_POLICY_LOSSLESS,
                )
            )
            try:
                async for latest in _tokens(history, call, live):
                    token = latest
                history.failures["OK"] += 1
            except grpc.aio.AioRpcError as error:
                history.failures[error.code().name] += 1
            finally:
                call.cancel()
            await asyncio.sleep(_PAUSE_SECONDS)


async def _tokens(history: History, call: Any, live: asyncio.Event) -> AsyncIterator[str]:
    """Take in the frames of one stream; yield each token once its frame is taken in."""
    clock = asyncio.get_running_loop().time
    expected = 1
    async for frame in call:
        history.skipped_frames += frame.sequence != expected
        expected = frame.sequence + 1
        match frame.WhichOneof("frame"):
            case "batch":
                history.add(frame.batch.chains, at=clock())
            case "reset":
                history.resets += 1
            case "caught_up":
                live.set()
        yield frame.resume_token
