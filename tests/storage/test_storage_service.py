"""StorageService over a real database."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import grpc
import pytest
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched
from tests.fixtures.grpc_loopback import refusal
from tests.fixtures.storage_role import storage_role

from deltastream.domain.events import OptionChain, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.codec.products import encode_product
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

LATER = date(2026, 2, 3)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[StorageServiceStub]:
    async with storage_role(tmp_path) as (channel, _):
        yield StorageServiceStub(channel)


async def put(storage: StorageServiceStub, *chains: OptionChain) -> pb.PutChainsResponse:
    symbols = sorted({raw.product for raw in chains})
    products = [
        encode_product(
            Product(symbol=s, name=s, exchange="", currency="INR", time_zone="Asia/Kolkata")
        )
        for s in symbols
    ]
    await storage.PutProducts(pb.PutProductsRequest(products=products))
    messages = [encode_enriched(enriched(raw)) for raw in chains]
    return await storage.PutChains(pb.PutChainsRequest(chains=messages))


async def test_what_is_put_is_listed_as_it_was(storage: StorageServiceStub) -> None:
    await put(storage, chain())
    request = pb.ListChainsRequest(product="NIFTY", expiry=EXPIRY.isoformat(), page_size=10)
    (found,) = (await storage.ListChains(request)).chains
    assert found == encode_enriched(enriched(chain()))


async def test_putting_twice_stores_once(storage: StorageServiceStub) -> None:
    assert (await put(storage, chain())).stored == 1
    again = await put(storage, chain())
    assert (again.stored, again.unchanged) == (0, 1)


async def test_chains_are_listed_newest_first_page_by_page(storage: StorageServiceStub) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 8)))
    sequences: list[int] = []
    token = ""
    while True:
        request = pb.ListChainsRequest(product="NIFTY", page_size=3, page_token=token)
        answer = await storage.ListChains(request)
        assert answer.count == len(answer.chains)
        sequences += [found.sequence for found in answer.chains]
        token = answer.next_page_token
        if not token:
            break
    assert sequences == [7, 6, 5, 4, 3, 2, 1]


async def test_limit_is_another_name_of_page_size(storage: StorageServiceStub) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 4)))
    answer = await storage.ListChains(pb.ListChainsRequest(product="NIFTY", limit=2))
    assert answer.count == 2


async def test_a_page_token_belongs_to_its_filter(storage: StorageServiceStub) -> None:
    await put(storage, chain(number=1), chain(number=2), chain("SPY", number=3))
    request = pb.ListChainsRequest(product="NIFTY", page_size=1)
    token = (await storage.ListChains(request)).next_page_token
    for stolen in (token, token[:-2], "nonsense"):
        call = storage.ListChains(pb.ListChainsRequest(product="SPY", page_token=stolen))
        assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


async def test_the_newest_chain_is_answered_alike_with_and_without_the_cache(
    storage: StorageServiceStub,
) -> None:
    await put(storage, chain(number=2))
    await put(storage, chain(number=1))
    cached = pb.ListChainsRequest(product="NIFTY", expiry=EXPIRY.isoformat(), page_size=1)
    stored = pb.ListChainsRequest(
        product="NIFTY", expiry=EXPIRY.isoformat(), page_size=1, start=to_timestamp(BEGIN)
    )
    from_cache = await storage.ListChains(cached)
    from_store = await storage.ListChains(stored)
    assert list(from_cache.chains) == list(from_store.chains)
    assert from_cache.chains[0].sequence == 2


async def test_bounds_include_the_start_and_exclude_the_end(storage: StorageServiceStub) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 5)))
    request = pb.ListChainsRequest(
        product="NIFTY",
        start=to_timestamp(BEGIN + timedelta(seconds=2)),
        end=to_timestamp(BEGIN + timedelta(seconds=4)),
    )
    assert [c.sequence for c in (await storage.ListChains(request)).chains] == [3, 2]


async def test_a_summary_has_no_legs(storage: StorageServiceStub) -> None:
    await put(storage, chain())
    request = pb.ListChainsRequest(product="NIFTY", view=pb.CHAIN_VIEW_SUMMARY)
    (found,) = (await storage.ListChains(request)).chains
    assert (len(found.calls), len(found.puts)) == (0, 0)
    assert found.pcr_oi == pytest.approx(1.0)


async def test_expiries_ascend(storage: StorageServiceStub) -> None:
    await put(storage, chain(number=1, expiry=LATER), chain(number=2))
    answer = await storage.ListExpiries(pb.ListExpiriesRequest(product="NIFTY"))
    assert list(answer.expiries) == [EXPIRY.isoformat(), LATER.isoformat()]


async def test_ticks_have_the_originals_fields(storage: StorageServiceStub) -> None:
    await put(storage, chain())
    tick = UnderlyingTick(product="NIFTY", price=101.5, timestamp=BEGIN, sequence=7)
    await storage.PutTicks(pb.PutTicksRequest(ticks=[encode_tick(tick)]))
    answer = await storage.ListTicks(pb.ListTicksRequest(product="NIFTY"))
    assert (answer.product, answer.count, answer.ticks[0].price) == ("NIFTY", 1, 101.5)


async def test_what_is_not_there_is_told_apart_from_what_is_empty(
    storage: StorageServiceStub,
) -> None:
    await put(storage, chain())
    not_found = grpc.StatusCode.NOT_FOUND
    unknown_product = storage.ListChains(pb.ListChainsRequest(product="NIFTI"))
    assert await refusal(unknown_product) == (not_found, "PRODUCT_NOT_FOUND")
    unknown_expiry = storage.ListChains(pb.ListChainsRequest(product="NIFTY", expiry="2031-01-01"))
    assert await refusal(unknown_expiry) == (not_found, "EXPIRY_NOT_FOUND")
    unknown_option = storage.ListQuotes(pb.ListQuotesRequest(symbol="NIFTY-20260127-1-CE"))
    assert await refusal(unknown_option) == (not_found, "SYMBOL_NOT_FOUND")
    nothing_yet = await storage.ListTicks(pb.ListTicksRequest(product="NIFTY"))
    assert nothing_yet.count == 0


async def test_a_day_that_does_not_exist_is_refused_by_name(storage: StorageServiceStub) -> None:
    call = storage.ListChains(pb.ListChainsRequest(product="NIFTY", expiry="2026-02-30"))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


async def test_a_batch_with_one_bad_chain_changes_nothing(storage: StorageServiceStub) -> None:
    await put(storage, chain("SPY"))
    good, bad = (encode_enriched(enriched(chain("SPY", number=number))) for number in (2, 3))
    # Strikes that do not ascend keep every rule of the single fields.
    bad.calls[0].strike = 1000.0
    call = storage.PutChains(pb.PutChainsRequest(chains=[good, bad]))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert (await storage.ListChains(pb.ListChainsRequest(product="SPY"))).count == 1
