"""FeedService: raw market data."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from google.protobuf.duration_pb2 import Duration

from deltastream.domain.instruments import Product
from deltastream.feed.markets import session_of
from deltastream.feed.progress import FeedProgress, ProductProgress
from deltastream.feed.streams import FeedStreams
from deltastream.feed.v1 import feed_service_pb2 as pb
from deltastream.feed.v1.feed_service_pb2_grpc import FeedServiceServicer
from deltastream.market.v1 import session_pb2
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.codec.products import encode_product
from deltastream.runtime.interceptors.base import Context


class FeedServicer(FeedServiceServicer):
    """Translates between the contract and the feed."""

    def __init__(
        self, *, streams: FeedStreams, source: Source, progress: FeedProgress, clock: Clock
    ) -> None:
        self._streams = streams
        self._source = source
        self._progress = progress
        self._clock = clock

    async def StreamTicks(
        self, request: pb.StreamTicksRequest, context: Context
    ) -> AsyncIterator[pb.StreamTicksResponse]:
        """Stream raw ticks."""
        async for response in self._streams.ticks.serve(request):
            yield response

    async def StreamQuotes(
        self, request: pb.StreamQuotesRequest, context: Context
    ) -> AsyncIterator[pb.StreamQuotesResponse]:
        """Stream raw quotes."""
        async for response in self._streams.quotes.serve(request):
            yield response

    async def StreamChains(
        self, request: pb.StreamChainsRequest, context: Context
    ) -> AsyncIterator[pb.StreamChainsResponse]:
        """Stream raw chains."""
        async for response in self._streams.chains.serve(request):
            yield response

    async def GetFeedStatus(
        self, request: pb.GetFeedStatusRequest, context: Context
    ) -> pb.GetFeedStatusResponse:
        """Describe the source and how old its newest events are."""
        now = self._clock()
        skipped = self._source.skipped
        return pb.GetFeedStatusResponse(
            source=session_pb2.SourceKind.ValueType(self._source.kind),
            description=self._source.description,
            session=session_pb2.MarketSession.ValueType(session_of(self._source, None, now)),
            products=[self._product(p, now) for p in self._source.products],
            skipped=[
                pb.SkippedRecords(reason=reason, count=count, example=skipped.examples[reason])
                for reason, count in sorted(skipped.counts.items())
            ],
            exhausted=self._source.exhausted,
            notices=self._source.notices(now),
        )

    def _product(self, product: Product, now: datetime) -> pb.ProductStatus:
        market = self._source.market(product.symbol, now)
        progress = self._progress.products.get(product.symbol, ProductProgress())
        status = pb.ProductStatus(
            product=encode_product(product),
            last_sequence=progress.last_sequence,
            ticks=progress.ticks,
            quotes=progress.quotes,
            chains=progress.chains,
            session=session_pb2.MarketSession.ValueType(market.session),
        )
        if market.changes_at is not None:
            status.session_changes_at.CopyFrom(to_timestamp(market.changes_at))
        if progress.last_event_at is not None:
            status.last_event_at.CopyFrom(to_timestamp(progress.last_event_at))
        if progress.published_at is not None:
            status.age.CopyFrom(_duration(now - progress.published_at))
        return status


def _duration(span: timedelta) -> Duration:
    message = Duration()
    message.FromTimedelta(max(span, timedelta()))
    return message
