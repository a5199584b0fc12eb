"""Records what happens, from now on."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from deltastream.client import LOSSLESS, Mesh
from deltastream.client.events import EventStream
from deltastream.client.frames import OnGap
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.market.v1.recording_pb2 import RecordedEvent

EventT = TypeVar("EventT")
Write = Callable[[RecordedEvent], None]


async def record_live(mesh: Mesh, products: Sequence[str], *, write: Write, on_gap: OnGap) -> None:
    """Write every raw event of the products as it arrives, until cancelled.

    The latest of each kind comes first. Whatever dies meanwhile, the streams go on where they were.

    Args:
        mesh: connected.
        products: symbols.
        write: takes each event.
        on_gap: told when events were missed, because the mesh no longer held them.

    Raises:
        CallError: what no further try would change (in a group).
    """
    ticks = mesh.ticks(*products, raw=True, delivery=LOSSLESS, on_gap=on_gap)
    quotes = mesh.quotes(*products, delivery=LOSSLESS, on_gap=on_gap)
    chains = mesh.raw_chains(*products, delivery=LOSSLESS, on_gap=on_gap)
    async with asyncio.TaskGroup() as group:
        group.create_task(_follow(ticks, write, _of_tick))
        group.create_task(_follow(quotes, write, _of_quote))
        group.create_task(_follow(chains, write, _of_chain))


async def _follow(
    stream: EventStream[EventT], write: Write, wrap: Callable[[EventT], RecordedEvent]
) -> None:
    async with stream:
        async for event in stream:
            write(wrap(event))


def _of_tick(tick: tick_pb2.UnderlyingTick) -> RecordedEvent:
    return RecordedEvent(tick=tick)


def _of_quote(quote: chain_pb2.OptionQuote) -> RecordedEvent:
    return RecordedEvent(quote=quote)


def _of_chain(chain: chain_pb2.OptionChain) -> RecordedEvent:
    return RecordedEvent(chain=chain)
