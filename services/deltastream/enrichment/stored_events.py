"""The ticks and chains that storage has, for streams that catch up."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import grpc

from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.runtime.remote import domain_error_of
from deltastream.runtime.streams.event import Piece
from deltastream.runtime.streams.history import Past
from deltastream.runtime.streams.kind import encode
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

Event = tick_pb2.UnderlyingTick | chain_pb2.EnrichedChain
Page = tuple[Sequence[Event], bool]
"""Some events, and whether none after the beginning was deleted."""
_SECONDS: Final = 5.0
_TICKS: Final = 1000
# Some hundred kilobytes: a subscriber holds one page.
_CHAINS: Final = 50


class StoredEvents:
    """Reads one kind of event from storage, page by page, in the order of their sequence."""

    def __init__(
        self, call: Callable[[dict[str, Any]], Awaitable[Page]], *, page_size: int
    ) -> None:
        """Read by a call.

        Args:
            call: asks storage, given the fields of the request.
            page_size: the most events to ask for at once.
        """
        self._call = call
        self._page_size = page_size

    async def read(self, product: str, *, after: int, through: int) -> Past:
        """See the protocol."""
        try:
            events, complete = await self._call(
                {
                    "product": product,
                    "after_sequence": after,
                    "through_sequence": through,
                    "page_size": self._page_size,
                }
            )
        except grpc.aio.AioRpcError as error:
            meant = domain_error_of(error, dependency="storage")
            if meant is None:
                raise
            raise meant from None
        return Past(
            pieces=[
                Piece(product=product, sequence=event.sequence, encoded=encode(event))
                for event in events
            ],
            complete=complete,
            # A short page is not the last: it may have been cut to a message that can be received.
            exhausted=not events or events[-1].sequence >= through,
        )


def stored_ticks(storage: StorageServiceStub) -> StoredEvents:
    """Remember the ticks that storage has."""

    async def call(fields: dict[str, Any]) -> Page:
        page = await storage.ReadTicks(pb.ReadTicksRequest(**fields), timeout=_SECONDS)
        return page.ticks, page.complete

    return StoredEvents(call, page_size=_TICKS)


def stored_chains(storage: StorageServiceStub) -> StoredEvents:
    """Remember the chains that storage has."""

    async def call(fields: dict[str, Any]) -> Page:
        page = await storage.ReadChains(pb.ReadChainsRequest(**fields), timeout=_SECONDS)
        return page.chains, page.complete

    return StoredEvents(call, page_size=_CHAINS)
