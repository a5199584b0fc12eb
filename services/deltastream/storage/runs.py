"""Pages of a run of events, in the order of their sequence."""

from typing import Final

from deltastream.ports.store import MarketStore
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1 import storage_service_pb2 as pb

_MOST_BYTES: Final = 3_900_000
"""Of chains in a page: gRPC's own receive limit is 4 MiB, and some callers keep it. A chain with as
many strikes as the contract allows is below 1 MB."""
_AT_ONCE: Final = 8
"""Chains that are read and encoded before other calls have their turn."""


async def page_of_ticks(store: MarketStore, request: pb.ReadTicksRequest) -> pb.ReadTicksResponse:
    """Read the ticks that a request selects."""
    run = await store.read_ticks(
        request.product,
        after=request.after_sequence,
        through=request.through_sequence,
        limit=request.page_size,
    )
    return pb.ReadTicksResponse(
        ticks=[encode_tick(tick) for tick in run.events], complete=run.complete
    )


async def page_of_chains(
    store: MarketStore, request: pb.ReadChainsRequest
) -> pb.ReadChainsResponse:
    """Read the chains that a request selects, fewer when they would make too large a message.

    The page is complete when each of its parts is: no part has lost anything that comes after
    the one before it.
    """
    page = pb.ReadChainsResponse(complete=True)
    after, room = request.after_sequence, _MOST_BYTES
    while len(page.chains) < request.page_size:
        limit = min(request.page_size - len(page.chains), _AT_ONCE)
        run = await store.read_chains(
            request.product, after=after, through=request.through_sequence, limit=limit
        )
        page.complete = page.complete and run.complete
        for chain in run.events:
            message = encode_enriched(chain)
            room -= message.ByteSize()
            if room < 0 and page.chains:
                return page
            page.chains.append(message)
            after = message.sequence
        if len(run.events) < limit:
            break
    return page
