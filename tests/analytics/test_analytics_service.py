"""AnalyticsService over a real StorageService."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import grpc
import pytest
from tests.fixtures.chains import EXPIRY, chain, enriched
from tests.fixtures.grpc_loopback import loopback, refusal
from tests.fixtures.storage_role import storage_role

from deltastream.analytics.history import StorageHistory
from deltastream.analytics.queries import Queries
from deltastream.analytics.service import AnalyticsServicer
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.analytics.v1.analytics_service_pb2_grpc import (
    AnalyticsServiceStub,
    add_AnalyticsServiceServicer_to_server,
)
from deltastream.domain.instruments import Product
from deltastream.market.v1 import missing_pb2
from deltastream.ports.store import MarketStore
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

EXPIRED = date(2026, 1, 13)
LATER = date(2026, 2, 24)


@pytest.fixture
async def mesh(tmp_path: Path) -> AsyncIterator[tuple[AnalyticsServiceStub, MarketStore]]:
    async with AsyncExitStack() as stack:
        storage, store = await stack.enter_async_context(storage_role(tmp_path))
        queries = Queries(StorageHistory(StorageServiceStub(storage)))
        channel = await stack.enter_async_context(
            loopback(
                lambda server: add_AnalyticsServiceServicer_to_server(
                    AnalyticsServicer(queries), server
                ),
                service="deltastream.analytics.v1.AnalyticsService",
            )
        )
        product = Product(
            symbol="NIFTY", name="", exchange="", currency="INR", time_zone="Asia/Kolkata"
        )
        await store.put_products([product])
        yield AnalyticsServiceStub(channel), store


Mesh = tuple[AnalyticsServiceStub, MarketStore]


async def test_the_ratio_is_of_the_newest_chain(mesh: Mesh) -> None:
    analytics, store = mesh
    older = chain(number=1, put_oi=(60.0, 40.0, 20.0))
    await store.put_chains([enriched(older), enriched(chain(number=2))])
    answer = await analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert answer.latest.pcr_oi == pytest.approx(1.0)
    assert answer.latest.total_put_oi == pytest.approx(60.0)
    assert len(answer.history) == 0


async def test_history_is_oldest_first_and_bounded(mesh: Mesh) -> None:
    analytics, store = mesh
    await store.put_chains(
        [enriched(chain(number=n, put_oi=(float(n), 0.0, 0.0))) for n in range(1, 6)]
    )
    request = pb.GetPutCallRatioRequest(product="NIFTY", history=True, limit=3)
    history = (await analytics.GetPutCallRatio(request)).history
    assert [point.total_put_oi for point in history] == [3.0, 4.0, 5.0]


async def test_the_nearest_expiry_is_judged_at_the_time_of_the_data(mesh: Mesh) -> None:
    analytics, store = mesh
    await store.put_chains(
        [
            enriched(chain(number=1, expiry=EXPIRED)),
            enriched(chain(number=2, expiry=LATER)),
            enriched(chain(number=3, expiry=EXPIRY)),
        ]
    )
    answer = await analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert answer.expiry == EXPIRY.isoformat()


async def test_max_pain_comes_with_its_whole_curve(mesh: Mesh) -> None:
    analytics, store = mesh
    await store.put_chains([enriched(chain())])
    answer = await analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert [(p.strike, p.call_pain, p.put_pain, p.total_pain) for p in answer.curve] == [
        (95.0, 0.0, 200.0, 200.0),
        (100.0, 50.0, 50.0, 100.0),
        (105.0, 200.0, 0.0, 200.0),
    ]
    assert answer.max_pain_strike == 100.0
    assert list(answer.max_pain_ties) == [100.0]
    assert answer.distance_from_spot == pytest.approx(-2.0)
    assert answer.distance_pct == pytest.approx(-200.0 / 102.0)


async def test_what_cannot_be_computed_is_absent_with_its_reason(mesh: Mesh) -> None:
    analytics, store = mesh
    nobody = (0.0, 0.0, 0.0)
    await store.put_chains([enriched(chain(spot=None, call_oi=nobody, put_oi=nobody))])
    pain = await analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert not pain.HasField("max_pain_strike")
    assert not pain.HasField("distance_pct")
    reasons = {value.field: value.reason for value in pain.missing}
    assert reasons == {
        "max_pain_strike": missing_pb2.MISSING_REASON_NO_OPEN_INTEREST,
        "distance_from_spot": missing_pb2.MISSING_REASON_NO_OPEN_INTEREST,
        "distance_pct": missing_pb2.MISSING_REASON_NO_OPEN_INTEREST,
        "spot_price": missing_pb2.MISSING_REASON_NO_SPOT,
    }
    ratio = await analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert not ratio.latest.HasField("pcr_oi")
    assert {value.field for value in ratio.latest.missing} == {"pcr_oi", "pcr_volume"}


async def test_storages_refusals_pass_in_its_own_words(mesh: Mesh) -> None:
    analytics, store = mesh
    await store.put_chains([enriched(chain())])
    not_found = grpc.StatusCode.NOT_FOUND
    unknown_product = analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTI"))
    assert await refusal(unknown_product) == (not_found, "PRODUCT_NOT_FOUND")
    unknown_expiry = analytics.GetMaxPain(
        pb.GetMaxPainRequest(product="NIFTY", expiry="2031-01-01")
    )
    assert await refusal(unknown_expiry) == (not_found, "EXPIRY_NOT_FOUND")


async def test_a_storage_that_is_away_is_unavailable_not_internal() -> None:
    async with (
        grpc.aio.insecure_channel("127.0.0.1:1") as nowhere,
        loopback(
            lambda server: add_AnalyticsServiceServicer_to_server(
                AnalyticsServicer(Queries(StorageHistory(StorageServiceStub(nowhere)))), server
            ),
            service="deltastream.analytics.v1.AnalyticsService",
        ) as channel,
    ):
        call = AnalyticsServiceStub(channel).GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
        assert await refusal(call) == (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")


async def test_what_a_later_version_offers_is_unimplemented(mesh: Mesh) -> None:
    analytics, _ = mesh
    call = analytics.GetStraddle(pb.GetStraddleRequest(product="NIFTY"))
    assert await refusal(call) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_IMPLEMENTED")
