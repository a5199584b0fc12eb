"""What bus and storage know of candles that an earlier process was still making."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import grpc

from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.candles.windows import (
    LENGTHS,
    MINUTE,
    instant_of,
    moment_of,
    window_start,
)
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.tick_columns import columns_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2, tick_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.codec.moments import to_datetime, to_timestamp
from deltastream.storage.v1 import storage_service_pb2 as storage_pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_LONGEST: Final = max(LENGTHS) * MINUTE
_PAGE: Final = 1000
# As many as a recorder can hold: what was told and not stored yet is among them.
_RECALLED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What is known of a product's candles.

    Attributes:
        last: the sequence under which they were told last; 0 is never.
        told: versions that the bus has, oldest first; storage may lack the newest.
        stored: versions that storage has, of the time still open.
        ticks: all that storage has of that time.
    """

    last: int
    told: Sequence[candle_pb2.Candle]
    stored: Sequence[candle_pb2.Candle]
    ticks: Ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """From `start`, included, to `end`, excluded."""

    start: datetime
    end: datetime


class CandleArchive:
    """Reads back what is needed to go on with a product's candles."""

    def __init__(self, *, bus: Bus, storage: StorageServiceStub, policy: LatenessPolicy) -> None:
        self._bus = bus
        self._storage = storage
        self._policy = policy

    async def recall(self, product: str) -> Recollection:
        """Return what is known of a product's candles.

        Raises:
            DependencyUnavailableError: the bus does not answer.
            grpc.aio.AioRpcError: storage does not.
        """
        subject = subject_of(SubjectKind.ENRICHED_CANDLES, product)
        last = await self._bus.last_sequence(subject)
        entries = await self._bus.latest(subject, limit=_RECALLED)
        batches = [pb.CandleBatch.FromString(entry.payload).candles for entry in entries]
        span = await self._open_span(product, _latest_start(batches[-1]) if batches else None)
        return Recollection(
            last=last,
            told=[candle for batch in batches for candle in batch],
            stored=[] if span is None else await self._candles(product, span),
            ticks=columns_of([] if span is None else [await self._ticks(product, span)]),
        )

    async def _open_span(self, product: str, latest: datetime | None) -> _Span | None:
        """Return the time whose windows a punctual tick may still concern; None when none may.

        Args:
            product: whose.
            latest: the start of the newest window that the last news told of. Where the bus has
                none any more, the newest tick says where event time was.
        """
        if latest is None:
            newest = storage_pb.ListTicksRequest(product=product, page_size=1)
            ticks = await _found(lambda: self._storage.ListTicks(newest))
            if ticks is None or not ticks.ticks:
                return None
            latest = to_datetime(ticks.ticks[0].timestamp)
        reached = instant_of(latest)
        return _Span(
            start=moment_of(window_start(reached - self._policy.reach, _LONGEST)),
            end=moment_of(reached + _LONGEST + self._policy.reach),
        )

    async def _ticks(self, product: str, span: _Span) -> list[tick_pb2.UnderlyingTick]:
        request = storage_pb.ListTicksRequest(
            product=product,
            start=to_timestamp(span.start),
            end=to_timestamp(span.end),
            page_size=_PAGE,
        )
        pages = await _pages(self._storage.ListTicks, request)
        return [tick for page in pages for tick in page.ticks]

    async def _candles(self, product: str, span: _Span) -> list[candle_pb2.Candle]:
        found: list[candle_pb2.Candle] = []
        for minutes in LENGTHS:
            request = storage_pb.ListCandlesRequest(
                product=product,
                window_minutes=minutes,
                start=to_timestamp(span.start),
                end=to_timestamp(span.end),
                page_size=_PAGE,
            )
            pages = await _pages(self._storage.ListCandles, request)
            found += [candle for page in pages for candle in page.candles]
        return found


def _latest_start(news: Sequence[candle_pb2.Candle]) -> datetime:
    """Return the start of the newest window among some news.

    One that is still open says best where event time is: beside it there may be those that the
    source left behind when it was set back.
    """
    still_open = [c for c in news if c.state == candle_pb2.CANDLE_STATE_PROVISIONAL]
    return max(to_datetime(candle.start) for candle in still_open or news)


RequestT = TypeVar("RequestT", storage_pb.ListTicksRequest, storage_pb.ListCandlesRequest)
ResponseT = TypeVar("ResponseT", storage_pb.ListTicksResponse, storage_pb.ListCandlesResponse)
AnswerT = TypeVar("AnswerT")


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
    """Return the answer; None when storage does not know the product yet."""
    try:
        return await call()
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise
