"""What storage has of a product's ticks and candles."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar

import grpc

from deltastream.domain.calendar.interval import Interval
from deltastream.domain.candles.windows import LENGTHS
from deltastream.market.v1 import candle_pb2, tick_pb2
from deltastream.runtime.codec.moments import to_datetime, to_timestamp
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_PAGE: Final = 1000
RequestT = TypeVar("RequestT", pb.ListTicksRequest, pb.ListCandlesRequest)
ResponseT = TypeVar("ResponseT", pb.ListTicksResponse, pb.ListCandlesResponse)
AnswerT = TypeVar("AnswerT")


class StoredHistory:
    """Reads from storage. A product that it does not know yet has nothing.

    Every method raises grpc.aio.AioRpcError when storage does not answer.
    """

    def __init__(self, storage: StorageServiceStub) -> None:
        self._storage = storage

    async def newest_tick_at(self, product: str) -> datetime | None:
        """Return the time of the newest tick; None when there is none."""
        request = pb.ListTicksRequest(product=product, page_size=1)
        answer = await _found(lambda: self._storage.ListTicks(request))
        if answer is None or not answer.ticks:
            return None
        return to_datetime(answer.ticks[0].timestamp)

    async def ticks(self, product: str, span: Interval) -> list[tick_pb2.UnderlyingTick]:
        """Return the ticks of a time, newest first."""
        request = pb.ListTicksRequest(
            product=product,
            start=to_timestamp(span.start),
            end=to_timestamp(span.end),
            page_size=_PAGE,
        )
        pages = await _pages(self._storage.ListTicks, request)
        return [tick for page in pages for tick in page.ticks]

    async def candles(self, product: str, span: Interval) -> list[candle_pb2.Candle]:
        """Return the candles of all lengths that begin within a time."""
        found: list[candle_pb2.Candle] = []
        for minutes in LENGTHS:
            request = pb.ListCandlesRequest(
                product=product,
                window_minutes=minutes,
                start=to_timestamp(span.start),
                end=to_timestamp(span.end),
                page_size=_PAGE,
            )
            pages = await _pages(self._storage.ListCandles, request)
            found += [candle for page in pages for candle in page.candles]
        return found


async def _pages(
    call: Callable[[RequestT], Awaitable[ResponseT]], request: RequestT
) -> list[ResponseT]:
    pages: list[ResponseT] = []
    while not pages or request.page_token:
        page = await _found(lambda: call(request))
        if page is None:
            break
        pages.append(page)
        request.page_token = page.next_page_token
    return pages


async def _found(call: Callable[[], Awaitable[AnswerT]]) -> AnswerT | None:
    """Return the answer; None when storage does not know the product."""
    try:
        return await call()
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise
