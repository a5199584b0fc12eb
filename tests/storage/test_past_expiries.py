"""Expiries of which only closes are kept: listed for who asks, and read like any other."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import grpc
import pytest
from tests.fixtures.grpc_loopback import refusal
from tests.fixtures.storage_role import storage_role
from tests.store.market_events import FAR, NEAR, at, chain, published_at

from deltastream.domain.instruments import Product
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[StorageServiceStub]:
    """Serve a store in which all chains of NEAR have been looked through."""
    async with storage_role(tmp_path) as (channel, store):
        await store.put_products(
            [Product(symbol="NIFTY", name="", exchange="", currency="INR", time_zone="UTC")]
        )
        await store.put_chains([chain(number, sequence=number) for number in (1, 2, 3)])
        await store.put_chains([chain(4, sequence=4, expiry=FAR)])
        await store.thin_chains(before=published_at(4), limit=9)
        yield StorageServiceStub(channel)


@pytest.mark.parametrize(("include_past", "expiries"), [(False, [FAR]), (True, [NEAR, FAR])])
async def test_they_are_listed_for_who_asks_for_them(
    storage: StorageServiceStub, *, include_past: bool, expiries: list[date]
) -> None:
    request = pb.ListExpiriesRequest(product="NIFTY", include_past=include_past)
    answer = await storage.ListExpiries(request)
    assert list(answer.expiries) == [expiry.isoformat() for expiry in expiries]


async def test_their_closes_are_read_by_who_knows_them(storage: StorageServiceStub) -> None:
    request = pb.ListChainsRequest(product="NIFTY", expiry=NEAR.isoformat())
    (close,) = (await storage.ListChains(request)).chains
    assert close.sequence == 3


async def test_a_span_without_closes_is_empty_and_not_unknown(storage: StorageServiceStub) -> None:
    request = pb.ListChainsRequest(
        product="NIFTY", expiry=NEAR.isoformat(), start=to_timestamp(at(3) + timedelta(days=1))
    )
    assert (await storage.ListChains(request)).count == 0
    request.expiry = date(2026, 1, 28).isoformat()
    unknown = await refusal(storage.ListChains(request))
    assert unknown == (grpc.StatusCode.NOT_FOUND, "EXPIRY_NOT_FOUND")


async def test_a_product_of_the_past_alone_has_no_expiries_of_the_present(tmp_path: Path) -> None:
    async with storage_role(tmp_path) as (channel, store):
        await store.put_products(
            [Product(symbol="NIFTY", name="", exchange="", currency="INR", time_zone="UTC")]
        )
        await store.put_chains([chain(1, sequence=1)])
        await store.thin_chains(before=published_at(2), limit=9)
        storage = StorageServiceStub(channel)
        answer = await storage.ListExpiries(pb.ListExpiriesRequest(product="NIFTY"))
        assert list(answer.expiries) == []
