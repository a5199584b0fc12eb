"""GetFeedStatus over a real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from tests.calendar.small_calendars import india
from tests.feed.stated_source import StatedSource
from tests.fixtures.grpc_loopback import loopback

from deltastream.adapters.bus.choose import open_bus
from deltastream.adapters.source.synthetic import SyntheticSource
from deltastream.domain.session import MarketSession, MarketState
from deltastream.domain.synthetic.settings import MarketClock, SyntheticSettings
from deltastream.feed.markets import session_of
from deltastream.feed.progress import FeedProgress
from deltastream.feed.service import FeedServicer
from deltastream.feed.streams import open_streams
from deltastream.feed.v1 import feed_service_pb2 as pb
from deltastream.feed.v1.feed_service_pb2_grpc import (
    FeedServiceStub,
    add_FeedServiceServicer_to_server,
)
from deltastream.market.v1 import session_pb2
from deltastream.ports.source import Source
from deltastream.runtime.catalog import Catalog

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@asynccontextmanager
async def status_of(source: Source, now: datetime) -> AsyncIterator[pb.GetFeedStatusResponse]:
    """Ask a feed of this source for its status."""
    bus = open_bus("memory:")
    streams = open_streams(
        bus, Catalog(bus), session=lambda products: session_of(source, products, now)
    )
    servicer = FeedServicer(
        streams=streams, source=source, progress=FeedProgress(), clock=lambda: now
    )
    async with loopback(
        lambda server: add_FeedServiceServicer_to_server(servicer, server),
        service="deltastream.feed.v1.FeedService",
    ) as channel:
        yield await FeedServiceStub(channel).GetFeedStatus(pb.GetFeedStatusRequest())
    await bus.close()


@pytest.mark.parametrize(
    ("nifty", "spy", "together"),
    [
        (MarketSession.CLOSED, MarketSession.OPEN, "OPEN"),
        (MarketSession.CLOSED, MarketSession.PRE_OPEN, "PRE_OPEN"),
        (MarketSession.CLOSED, MarketSession.UNKNOWN, "CLOSED"),
        (MarketSession.UNKNOWN, MarketSession.UNKNOWN, "UNSPECIFIED"),
    ],
)
async def test_the_session_is_said_of_each_product_and_of_all(
    nifty: MarketSession, spy: MarketSession, together: str
) -> None:
    source = StatedSource()
    source.state(NIFTY=nifty, SPY=spy)

    async with status_of(source, NOON) as status:
        assert status.session == session_pb2.MarketSession.Value(f"MARKET_SESSION_{together}")
        assert {one.product.symbol: MarketSession(one.session) for one in status.products} == {
            "NIFTY": nifty,
            "SPY": spy,
        }
        assert not any(one.HasField("session_changes_at") for one in status.products)
        assert not status.notices


async def test_the_next_change_and_notices_are_said_where_there_are_any() -> None:
    source = StatedSource()
    source.states["NIFTY"] = MarketState(
        session=MarketSession.OPEN, changes_at=NOON + timedelta(hours=1)
    )
    source.attention = ["look here"]

    async with status_of(source, NOON) as status:
        nifty, spy = status.products
        assert nifty.session_changes_at.ToDatetime(UTC) == NOON + timedelta(hours=1)
        assert not spy.HasField("session_changes_at")
        assert list(status.notices) == ["look here"]


async def test_a_market_in_exchange_hours_says_its_exchanges_session() -> None:
    now = india("2026-11-20T15:35").astimezone(UTC)
    source = SyntheticSource(
        seed=1,
        clock=lambda: now,
        sleep=lambda _: never(),
        products=["NIFTY", "SPY"],
        settings=SyntheticSettings(clock=MarketClock.REAL),
    )

    async with status_of(source, now) as status:
        nifty, spy = status.products
        assert status.session == session_pb2.MARKET_SESSION_OPEN
        assert (nifty.session, spy.session) == (
            session_pb2.MARKET_SESSION_OPEN,
            session_pb2.MARKET_SESSION_CLOSED,
        )
        assert nifty.session_changes_at.ToDatetime(UTC) == india("2026-11-20T15:40")
        assert spy.session_changes_at.ToDatetime(UTC) == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
        assert ["XNSE" in notice for notice in status.notices] == [True]


async def never() -> None:
    raise AssertionError("the status makes no events")
