"""What AnalyticsService refuses, and how."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.analytics.analytics_mesh import Mesh, analytics_role
from tests.analytics.hand_clock import HandClock
from tests.fixtures.chains import BEGIN, chain, enriched
from tests.fixtures.grpc_loopback import refusal

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from deltastream.runtime.codec.moments import to_timestamp

NOT_FOUND = grpc.StatusCode.NOT_FOUND
INVALID = (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")

Ask = Callable[[AnalyticsServiceStub, str], Awaitable[object]]

OF_A_PRODUCT: dict[str, Ask] = {
    "pcr": lambda a, p: a.GetPutCallRatio(pb.GetPutCallRatioRequest(product=p)),
    "max pain": lambda a, p: a.GetMaxPain(pb.GetMaxPainRequest(product=p)),
    "straddle": lambda a, p: a.GetStraddle(pb.GetStraddleRequest(product=p)),
    "build-up": lambda a, p: a.GetOpenInterestBuildup(pb.GetOpenInterestBuildupRequest(product=p)),
    "gamma": lambda a, p: a.GetGammaExposure(pb.GetGammaExposureRequest(product=p)),
    "surface": lambda a, p: a.GetVolatilitySurface(pb.GetVolatilitySurfaceRequest(product=p)),
    "rank": lambda a, p: a.GetImpliedVolatilityRank(pb.GetImpliedVolatilityRankRequest(product=p)),
    "cone": lambda a, p: a.GetVolatilityCone(pb.GetVolatilityConeRequest(product=p)),
    "ohlc": lambda a, p: a.GetOhlc(pb.GetOhlcRequest(product=p)),
}
OF_CHAINS = [name for name in OF_A_PRODUCT if name not in {"cone", "ohlc"}]


@pytest.mark.parametrize("question", OF_A_PRODUCT)
async def test_an_unknown_product_is_not_found(mesh: Mesh, question: str) -> None:
    await mesh.store.put_chains([enriched(chain())])
    call = OF_A_PRODUCT[question](mesh.analytics, "NIFTI")
    assert await refusal(call) == (NOT_FOUND, "PRODUCT_NOT_FOUND")


@pytest.mark.parametrize("question", OF_CHAINS)
async def test_a_product_without_chains_has_no_expiry(mesh: Mesh, question: str) -> None:
    call = OF_A_PRODUCT[question](mesh.analytics, "NIFTY")
    assert await refusal(call) == (NOT_FOUND, "EXPIRY_NOT_FOUND")


@pytest.mark.parametrize("question", OF_A_PRODUCT)
async def test_what_is_no_symbol_is_invalid(mesh: Mesh, question: str) -> None:
    assert await refusal(OF_A_PRODUCT[question](mesh.analytics, "nifty 50")) == INVALID


@pytest.mark.parametrize("question", OF_A_PRODUCT)
async def test_a_storage_that_is_away_is_unavailable_not_internal(question: str) -> None:
    async with (
        grpc.aio.insecure_channel("127.0.0.1:1") as nowhere,
        analytics_role(nowhere, HandClock()) as channel,
    ):
        call = OF_A_PRODUCT[question](AnalyticsServiceStub(channel), "NIFTY")
        assert await refusal(call) == (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")


BY_EXPIRY: dict[str, Ask] = {
    "pcr": lambda a, e: a.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY", expiry=e)),
    "max pain": lambda a, e: a.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY", expiry=e)),
    "straddle": lambda a, e: a.GetStraddle(pb.GetStraddleRequest(product="NIFTY", expiry=e)),
    "build-up": lambda a, e: a.GetOpenInterestBuildup(
        pb.GetOpenInterestBuildupRequest(product="NIFTY", expiry=e)
    ),
    "gamma": lambda a, e: a.GetGammaExposure(pb.GetGammaExposureRequest(product="NIFTY", expiry=e)),
}


@pytest.mark.parametrize("question", BY_EXPIRY)
async def test_an_unknown_expiry_is_not_found(mesh: Mesh, question: str) -> None:
    await mesh.store.put_chains([enriched(chain())])
    call = BY_EXPIRY[question](mesh.analytics, "2031-01-01")
    assert await refusal(call) == (NOT_FOUND, "EXPIRY_NOT_FOUND")


@pytest.mark.parametrize("question", BY_EXPIRY)
@pytest.mark.parametrize("expiry", ["20310101", "2026-02-30"])
async def test_what_is_no_day_is_invalid(mesh: Mesh, question: str, expiry: str) -> None:
    assert await refusal(BY_EXPIRY[question](mesh.analytics, expiry)) == INVALID


BACKWARDS: dict[str, Any] = {
    "start": to_timestamp(BEGIN),
    "end": to_timestamp(BEGIN - timedelta(seconds=1)),
}
SHORT = Duration(nanos=1)
OPTION: dict[str, Any] = {
    "option_type": 1, "underlying": 100.0, "strike": 100.0, "years_to_expiry": 1.0, "price": 3.0,
}  # fmt: skip


def calculation(**fields: Any) -> pb.CalculateOptionsRequest:
    return pb.CalculateOptionsRequest(options=[pb.OptionInput(**(OPTION | fields))])


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("GetPutCallRatio", pb.GetPutCallRatioRequest(product="NIFTY", limit=1001)),
        ("GetPutCallRatio", pb.GetPutCallRatioRequest(product="NIFTY", **BACKWARDS)),
        ("GetMaxPain", pb.GetMaxPainRequest(product="NIFTY", interval=SHORT)),
        ("GetStraddle", pb.GetStraddleRequest(product="NIFTY", limit=-1)),
        (
            "GetOpenInterestBuildup",
            pb.GetOpenInterestBuildupRequest(product="NIFTY", window_minutes=1441),
        ),
        (
            "GetVolatilitySurface",
            pb.GetVolatilitySurfaceRequest(product="NIFTY", log_moneyness=[float("nan")]),
        ),
        ("GetVolatilitySurface", pb.GetVolatilitySurfaceRequest(product="NIFTY", max_expiries=101)),
        ("GetVolatilityCone", pb.GetVolatilityConeRequest(product="NIFTY", estimator=9)),  # type: ignore[arg-type]
        ("GetOhlc", pb.GetOhlcRequest(product="NIFTY", window=7)),
        ("GetOhlc", pb.GetOhlcRequest(product="NIFTY", **BACKWARDS)),
        ("CalculateOptions", pb.CalculateOptionsRequest()),
        ("CalculateOptions", calculation(volatility=0.2)),
        ("CalculateOptions", calculation(option_type=0)),
        ("CalculateOptions", calculation(underlying=float("inf"))),
        ("CalculateOptions", calculation(strike=-1.0)),
        ("CalculateOptions", calculation(price=float("nan"))),
        ("CalculateOptions", calculation(years_to_expiry=-0.1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_request_against_the_contract_is_invalid(
    mesh: Mesh, method: str, request_: object
) -> None:
    assert await refusal(getattr(mesh.analytics, method)(request_)) == INVALID
