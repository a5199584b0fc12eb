"""StorageService over a real database."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched
from tests.fixtures.grpc_loopback import refusal
from tests.fixtures.storage_role import storage_role

from deltastream.domain.events import Candle, OptionChain, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.runtime.codec.candles import decode_candle, encode_candle
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


def candle(start: datetime, *, window_minutes: int) -> Candle:
    return Candle(
        product="NIFTY",
        window_minutes=window_minutes,
        start=start,
        open=10.0,
        high=12.0,
        low=9.0,
        close=11.0,
        tick_count=3,
        mean=10.5,
        variance=0.25,
    )


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
    request = pb.ListChainsRequest(product="NIFTY", page_size=3)
    assert await all_pages(storage, request) == [7, 6, 5, 4, 3, 2, 1]


def seconds(number: float) -> Duration:
    duration = Duration()
    duration.FromTimedelta(timedelta(seconds=number))
    return duration


async def all_pages(storage: StorageServiceStub, request: pb.ListChainsRequest) -> list[int]:
    """Return the sequences of all pages."""
    sequences: list[int] = []
    while True:
        answer = await storage.ListChains(request)
        assert answer.count == len(answer.chains) <= request.page_size
        sequences += [found.sequence for found in answer.chains]
        if not answer.next_page_token:
            return sequences
        request.page_token = answer.next_page_token


async def test_the_page_of_the_newest_alone_leads_to_the_rest(storage: StorageServiceStub) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 4)))
    request = pb.ListChainsRequest(product="NIFTY", expiry=EXPIRY.isoformat(), page_size=1)
    assert await all_pages(storage, request) == [3, 2, 1]
    ticks = [
        UnderlyingTick(
            product="NIFTY",
            price=101.5,
            timestamp=BEGIN + timedelta(seconds=number),
            sequence=number,
        )
        for number in (1, 2)
    ]
    await storage.PutTicks(pb.PutTicksRequest(ticks=[encode_tick(tick) for tick in ticks]))
    first = await storage.ListTicks(pb.ListTicksRequest(product="NIFTY", page_size=1))
    rest = await storage.ListTicks(
        pb.ListTicksRequest(product="NIFTY", page_token=first.next_page_token)
    )
    assert [tick.sequence for tick in (*first.ticks, *rest.ticks)] == [2, 1]


@pytest.mark.parametrize("view", [pb.CHAIN_VIEW_FULL, pb.CHAIN_VIEW_SUMMARY])
@pytest.mark.parametrize("page_size", [1, 2, 100])
async def test_an_interval_thins_the_listing_to_its_newest_chains(
    storage: StorageServiceStub, page_size: int, view: pb.ChainView.ValueType
) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 25)))
    request = pb.ListChainsRequest(
        product="NIFTY",
        expiry=EXPIRY.isoformat(),
        interval=seconds(10),
        page_size=page_size,
        view=view,
    )
    assert await all_pages(storage, request) == [24, 19, 9]
    request.start.CopyFrom(to_timestamp(BEGIN + timedelta(seconds=10)))
    request.end.CopyFrom(to_timestamp(BEGIN + timedelta(seconds=24)))
    request.page_token = ""
    assert await all_pages(storage, request) == [23, 19]


async def test_a_thinned_chain_is_whole_unless_a_summary_is_asked_for(
    storage: StorageServiceStub,
) -> None:
    await put(storage, chain())
    request = pb.ListChainsRequest(product="NIFTY", expiry=EXPIRY.isoformat(), interval=seconds(10))
    (found,) = (await storage.ListChains(request)).chains
    assert found == encode_enriched(enriched(chain()))
    request.view = pb.CHAIN_VIEW_SUMMARY
    (found,) = (await storage.ListChains(request)).chains
    assert (len(found.calls), len(found.puts)) == (0, 0)


async def test_a_page_token_belongs_to_its_interval(storage: StorageServiceStub) -> None:
    await put(storage, *(chain(number=number) for number in range(1, 25)))
    request = pb.ListChainsRequest(
        product="NIFTY", expiry=EXPIRY.isoformat(), interval=seconds(10), page_size=1
    )
    token = (await storage.ListChains(request)).next_page_token
    assert token
    for interval in (seconds(5), None):
        stolen = pb.ListChainsRequest(
            product="NIFTY", expiry=EXPIRY.isoformat(), interval=interval, page_token=token
        )
        refused = await refusal(storage.ListChains(stolen))
        assert refused == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


@pytest.mark.parametrize(
    ("expiry", "interval"),
    [
        ("", seconds(60)),
        (EXPIRY.isoformat(), seconds(0.999)),
        (EXPIRY.isoformat(), seconds(7 * 86_400 + 0.001)),
    ],
)
async def test_an_interval_that_the_contract_does_not_know_is_refused(
    storage: StorageServiceStub, expiry: str, interval: Duration
) -> None:
    await put(storage, chain())
    call = storage.ListChains(
        pb.ListChainsRequest(product="NIFTY", expiry=expiry, interval=interval)
    )
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


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


async def test_candles_are_listed_newest_first_page_by_page(storage: StorageServiceStub) -> None:
    starts = [BEGIN + timedelta(minutes=5 * number) for number in range(5)]
    five = [candle(start, window_minutes=5) for start in starts]
    one = candle(BEGIN, window_minutes=1)
    await storage.PutCandles(
        pb.PutCandlesRequest(candles=[encode_candle(each) for each in (*five, one)])
    )
    await put(storage, chain())
    listed = []
    request = pb.ListCandlesRequest(product="NIFTY", page_size=2)
    while True:
        answer = await storage.ListCandles(request)
        assert answer.count == len(answer.candles) <= 2
        listed += [decode_candle(each) for each in answer.candles]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    assert listed == five[::-1], "unless another length is asked for, candles are of 5 minutes"
    (of_one,) = (
        await storage.ListCandles(pb.ListCandlesRequest(product="NIFTY", window_minutes=1))
    ).candles
    assert decode_candle(of_one) == one


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
