"""What a cell says of a field that is absent, unstated, or of a newer contract."""

from math import inf, nan

import pytest

from deltastream.analytics.v1 import analytics_service_pb2 as analytics_pb
from deltastream.edge.tables.listing_tables import PRODUCTS
from deltastream.edge.tables.readers import (
    choice,
    figure,
    finite,
    milliseconds,
    moment,
    reasons,
    text,
    within,
)
from deltastream.edge.tables.rendering import json_of
from deltastream.edge.tables.table import Question
from deltastream.edge.tables.volatility_tables import smile_points
from deltastream.market.v1 import chain_pb2, missing_pb2
from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import OptionLeg
from deltastream.market.v1.product_pb2 import Product
from deltastream.storage.v1.storage_service_pb2 import ListProductsResponse


def test_an_optional_number_that_is_absent_is_none_and_one_that_is_0_is_0() -> None:
    assert figure("volume")(OptionLeg()) is None
    assert figure("volume")(OptionLeg(volume=0.0)) == 0.0


def test_a_number_that_is_always_there_is_0_when_it_says_so() -> None:
    assert figure("tick_count")(Candle()) == 0
    assert figure("imputed")(Candle()) is False


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_no_number_in_json_is_absent(number: float) -> None:
    assert finite(number) is None
    assert figure("iv")(OptionLeg(iv=number)) is None


def test_an_enum_is_its_short_name() -> None:
    leg = OptionLeg(buildup=chain_pb2.BUILDUP_LONG_UNWINDING)
    assert choice("buildup")(leg) == "LONG_UNWINDING"


@pytest.mark.parametrize("number", [0, 99])
def test_an_enum_that_is_unstated_or_of_a_newer_contract_is_none(number: int) -> None:
    leg = OptionLeg(buildup=number)  # type: ignore[arg-type]
    assert choice("buildup")(leg) is None


def test_an_empty_text_is_none() -> None:
    assert text("exchange")(Product(exchange="")) is None
    assert text("exchange")(Product(exchange="XNSE")) == "XNSE"


def test_a_time_that_is_absent_is_not_1970() -> None:
    answer = analytics_pb.GetOpenInterestBuildupResponse()
    assert moment("baseline_at")(answer) is None
    assert milliseconds("baseline_at")(answer) is None
    answer.baseline_at.FromJsonString("2026-01-27T09:30:00.125Z")
    assert moment("baseline_at")(answer) == "2026-01-27T09:30:00.125Z"
    assert milliseconds("baseline_at")(answer) == 1769506200125


def test_reasons_name_the_figures() -> None:
    ratio = analytics_pb.PutCallRatio()
    assert reasons(ratio) is None
    ratio.missing.add(field="pcr_oi", reason=missing_pb2.MISSING_REASON_NO_CALL_OPEN_INTEREST)
    ratio.missing.add(field="pcr_volume", reason=99)
    assert reasons(ratio) == "pcr_oi: NO_CALL_OPEN_INTEREST; pcr_volume: UNKNOWN"


def test_what_a_row_does_not_have_is_none() -> None:
    class Row:
        call = None

    assert within("call", figure("strike"))(Row()) is None


def test_a_smile_that_was_not_fitted_has_quotes_alone() -> None:
    answer = analytics_pb.GetVolatilitySurfaceResponse(product="NIFTY")
    answer.expiries.add(expiry="2026-01-27", strikes=[95.0, 100.0], ivs=[0.2, 0.19])
    points = list(smile_points(Question(message=None), answer))
    assert [(point.strike, point.iv, point.fitted_iv) for point in points] == [
        (95.0, 0.2, None),
        (100.0, 0.19, None),
    ]


def test_a_product_without_a_description_is_still_one() -> None:
    answer = ListProductsResponse(products=["NIFTY"])
    rows = json_of(PRODUCTS.columns, PRODUCTS.rows(Question(message=None), answer))
    others = ",".join(f'"{column.name}":null' for column in PRODUCTS.columns[1:])
    assert rows.decode() == f'[{{"product":"NIFTY",{others}}}]'
