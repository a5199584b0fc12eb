"""Analytics as its role serves it, over a real storage role, with a clock that is moved by hand."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message
from tests.analytics.hand_clock import HandClock
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.storage_role import storage_role

from deltastream.adapters.calendar.load import load_calendars
from deltastream.analytics.compose import open_servicer
from deltastream.analytics.history import StorageHistory
from deltastream.analytics.v1.analytics_service_pb2_grpc import (
    AnalyticsServiceStub,
    add_AnalyticsServiceServicer_to_server,
)
from deltastream.domain.instruments import Product, QuantityUnit
from deltastream.ports.store import MarketStore
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

KEPT_SECONDS = 5.0
NIFTY = Product(
    symbol="NIFTY",
    name="Nifty 50",
    exchange="XNSE",
    currency="INR",
    time_zone="Asia/Kolkata",
    lot_size=75.0,
    quantity_unit=QuantityUnit.CONTRACTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Analytics, the database behind storage, and analytics' clock."""

    channel: grpc.aio.Channel
    analytics: AnalyticsServiceStub
    store: MarketStore
    clock: HandClock


@asynccontextmanager
async def analytics_role(
    storage: grpc.aio.Channel, clock: HandClock
) -> AsyncIterator[grpc.aio.Channel]:
    """Serve analytics over a storage role; yield a channel to it."""
    history = StorageHistory(StorageServiceStub(storage))
    with open_servicer(
        history, calendars=load_calendars(), clock=clock, ttl=KEPT_SECONDS
    ) as servicer:
        async with loopback(
            lambda server: add_AnalyticsServiceServicer_to_server(servicer, server),
            service="deltastream.analytics.v1.AnalyticsService",
        ) as channel:
            yield channel


@asynccontextmanager
async def analytics_mesh(folder: Path) -> AsyncIterator[Mesh]:
    """Serve storage and analytics; storage knows one product."""
    clock = HandClock()
    async with AsyncExitStack() as stack:
        storage, store = await stack.enter_async_context(storage_role(folder))
        channel = await stack.enter_async_context(analytics_role(storage, clock))
        await store.put_products([NIFTY])
        yield Mesh(
            channel=channel, analytics=AnalyticsServiceStub(channel), store=store, clock=clock
        )


def reasons(message: Any) -> dict[str, int]:
    """Return why figures of a message are absent, by name."""
    return {value.field: value.reason for value in message.missing}


def stated(message: Message, names: Iterable[str]) -> dict[str, float]:
    """Return the figures of a message that are present, by name."""
    present = {descriptor.name: value for descriptor, value in message.ListFields()}
    return {name: present[name] for name in names if name in present}
