"""Records a day that is over, from what storage has of it."""

import heapq
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from deltastream.client.mesh import Mesh
from deltastream.market.v1 import chain_pb2, product_pb2
from deltastream.market.v1.recording_pb2 import RecordedEvent
from deltastream.recording.live import Write
from deltastream.recording.spool import Spool
from deltastream.runtime.codec.chains import decode_enriched, encode_chain
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.storage.v1 import storage_service_pb2 as pb

_PAGE: Final = 1000
_PAGE_OF_CHAINS: Final = 100
_DAY: Final = timedelta(days=1)


async def record_stored(
    mesh: Mesh, products: Sequence[product_pb2.Product], day: date, *, write: Write
) -> None:
    """Write every stored event of a day, by time: ticks, quotes, and chains as they were quoted.

    Args:
        mesh: connected.
        products: whose events; the day is that of each one's exchange.
        day: which day.
        write: takes each event.

    Raises:
        grpc.aio.AioRpcError: storage did not answer.
    """
    with tempfile.TemporaryFile(prefix="deltastream-record-") as file:
        stored = _StoredDay(mesh=mesh, file=file)
        for product in products:
            await stored.fetch(product, day)
        for event in heapq.merge(
            *(spool.oldest_first() for spool in stored.spools), key=_happened_at
        ):
            write(event)


@dataclass(slots=True, kw_only=True)
class _StoredDay:
    """Fetches listings, page by page, each into a spool."""

    mesh: Mesh
    file: IO[bytes]
    spools: list[Spool] = field(default_factory=list)

    async def fetch(self, product: product_pb2.Product, day: date) -> None:
        """Fetch all listings of a product."""
        start, end = _day_of(product, day)
        span: dict[str, Any] = {"start": to_timestamp(start), "end": to_timestamp(end)}
        storage = self.mesh.storage
        ticks = pb.ListTicksRequest(product=product.symbol, page_size=_PAGE, **span)
        await self._keep(
            storage.ListTicks, ticks, lambda page: [RecordedEvent(tick=t) for t in page.ticks]
        )
        symbols: set[str] = set()

        def raw_chains(page: pb.ListChainsResponse) -> list[RecordedEvent]:
            for chain in page.chains:
                symbols.update(leg.symbol for legs in (chain.calls, chain.puts) for leg in legs)
            return [RecordedEvent(chain=_raw(chain)) for chain in page.chains]

        chains = pb.ListChainsRequest(product=product.symbol, page_size=_PAGE_OF_CHAINS, **span)
        await self._keep(storage.ListChains, chains, raw_chains)
        for symbol in sorted(symbols):
            quotes = pb.ListQuotesRequest(symbol=symbol, page_size=_PAGE, **span)
            await self._keep(
                storage.ListQuotes,
                quotes,
                lambda page: [RecordedEvent(quote=quote) for quote in page.quotes],
            )

    async def _keep(
        self,
        method: Callable[[Any], Awaitable[Any]],
        request: Any,
        events_of: Callable[[Any], list[RecordedEvent]],
    ) -> None:
        spool = Spool(self.file)
        async for page in _pages(method, request):
            spool.add(events_of(page))
        self.spools.append(spool)


async def _pages(method: Callable[[Any], Awaitable[Any]], request: Any) -> AsyncIterator[Any]:
    while True:
        page = await method(request)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _day_of(product: product_pb2.Product, day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a day at an exchange, and that of the day after."""
    zone = ZoneInfo(product.time_zone or "UTC")
    return datetime.combine(day, time(), zone), datetime.combine(day + _DAY, time(), zone)


def _raw(enriched: chain_pb2.EnrichedChain) -> chain_pb2.OptionChain:
    """Return a chain as the source gave it."""
    return encode_chain(decode_enriched(enriched).chain)


def _happened_at(event: RecordedEvent) -> int:
    happened = getattr(event, str(event.WhichOneof("event")))
    return int(happened.timestamp.ToNanoseconds())
