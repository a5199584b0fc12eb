"""What is stored, read from StorageService."""

from collections.abc import Awaitable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.errors import ProductNotFoundError
from deltastream.domain.events import Candle, EnrichedChain
from deltastream.domain.instruments import Product
from deltastream.ports.history import Span
from deltastream.runtime.codec.candles import decode_candle
from deltastream.runtime.codec.chains import decode_enriched
from deltastream.runtime.codec.moments import to_date, to_timestamp
from deltastream.runtime.codec.products import decode_product
from deltastream.runtime.deadline import remaining
from deltastream.runtime.remote import domain_error_of
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

# Callers allow twice as much and are told then that it is storage that does not answer.
_SECONDS: Final = 5.0
_PAGE: Final = 1000
_INSTANT: Final = timedelta(microseconds=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_ALL: Final = 10_000

ResponseT = TypeVar("ResponseT")


class StorageHistory:
    """MarketHistory over gRPC.

    What storage says is missing is missing here, in the same words. Each call to storage ends with
    the call that is being served.
    """

    def __init__(self, storage: StorageServiceStub, *, seconds: float = _SECONDS) -> None:
        """Read from storage, which may take so many seconds for each call."""
        self._storage = storage
        self._seconds = seconds

    async def product(self, symbol: str) -> Product:
        """Return the description of a product."""
        response = await _answer(
            self._storage.ListProducts(pb.ListProductsRequest(), timeout=remaining(self._seconds))
        )
        for details in response.details:
            if details.symbol == symbol:
                return decode_product(details)
        raise ProductNotFoundError(symbol, response.products)

    async def expiries(self, product: str, *, past: bool = False) -> Sequence[date]:
        """Return the expiries that have chains, ascending; the past ones too where wanted."""
        request = pb.ListExpiriesRequest(product=product, include_past=past)
        response = await _answer(
            self._storage.ListExpiries(request, timeout=remaining(self._seconds))
        )
        return [to_date(text) for text in response.expiries]

    async def latest(
        self, product: str, expiry: date | None, *, until: datetime | None = None
    ) -> EnrichedChain | None:
        """Return the newest chain, with legs, of one expiry or of all, up to a time."""
        request = pb.ListChainsRequest(
            product=product,
            expiry="" if expiry is None else expiry.isoformat(),
            end=None if until is None else to_timestamp(until + _INSTANT),
        )
        chains = await self._chains(request, limit=1)
        return chains[0] if chains else None

    async def earliest(
        self, product: str, expiry: date, *, start: datetime, end: datetime
    ) -> EnrichedChain | None:
        """Return the oldest chain, with legs, of a span.

        Storage lists the newest first. Rather than reading it all, this looks at the last chain of
        each hour, then of each minute of the first of those hours, then at that minute.
        """
        first = end
        for interval in (_HOUR, _MINUTE, None):
            span = Span(limit=_ALL, start=start, end=end)
            chains = await self.summaries(product, expiry, span, interval=interval)
            if not chains:
                return None
            first = chains[0].chain.timestamp
            end = first + _INSTANT
        return await self.latest(product, expiry, until=first)

    async def summaries(
        self, product: str, expiry: date, span: Span, *, interval: timedelta | None = None
    ) -> Sequence[EnrichedChain]:
        """Return chains of an expiry without legs, oldest first."""
        request = pb.ListChainsRequest(
            product=product,
            expiry=expiry.isoformat(),
            start=_optional(span.start),
            end=_optional(span.end),
            view=pb.CHAIN_VIEW_SUMMARY,
            interval=None if interval is None else _duration(interval),
        )
        return list(reversed(await self._chains(request, limit=span.limit)))

    async def candles(self, product: str, window_minutes: int, span: Span) -> Sequence[Candle]:
        """Return candles of one length, oldest first."""
        request = pb.ListCandlesRequest(
            product=product,
            window_minutes=window_minutes,
            start=_optional(span.start),
            end=_optional(span.end),
        )
        candles: list[Candle] = []
        while len(candles) < span.limit:
            request.page_size = min(span.limit - len(candles), _PAGE)
            page = await _answer(
                self._storage.ListCandles(request, timeout=remaining(self._seconds))
            )
            candles.extend(map(decode_candle, page.candles))
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        return candles[::-1]

    async def _chains(self, request: pb.ListChainsRequest, *, limit: int) -> list[EnrichedChain]:
        """List chains, newest first, page by page."""
        chains: list[EnrichedChain] = []
        while len(chains) < limit:
            request.page_size = min(limit - len(chains), _PAGE)
            page = await _answer(
                self._storage.ListChains(request, timeout=remaining(self._seconds))
            )
            chains.extend(map(decode_enriched, page.chains))
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        return chains


async def _answer(call: Awaitable[ResponseT]) -> ResponseT:
    """Await a call to storage, and say in the words of the domain how it failed."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise domain_error_of(error, dependency="storage") or error from error


def _optional(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else to_timestamp(moment)


def _duration(length: timedelta) -> Duration:
    duration = Duration()
    duration.FromTimedelta(length)
    return duration
