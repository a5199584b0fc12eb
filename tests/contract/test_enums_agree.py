"""Enums that stand in the domain too have the contract's names and numbers."""

from enum import IntEnum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from deltastream.analytics.v1 import analytics_service_pb2
from deltastream.domain.figures import Buildup, ForwardBasis, PriceBasis, PricingConvention
from deltastream.domain.instruments import OptionType, QuantityUnit
from deltastream.domain.missing import MissingReason
from deltastream.domain.session import MarketSession, SourceKind
from deltastream.domain.surface.fit import SliceMethod
from deltastream.domain.volatility_history.estimators import VolatilityEstimator
from deltastream.market.v1 import chain_pb2, missing_pb2, product_pb2, session_pb2


@pytest.mark.parametrize(
    ("ours", "contract", "prefix"),
    [
        (MissingReason, missing_pb2.MissingReason, "MISSING_REASON_"),
        (PriceBasis, chain_pb2.PriceBasis, "PRICE_BASIS_"),
        (Buildup, chain_pb2.Buildup, "BUILDUP_"),
        (ForwardBasis, chain_pb2.ForwardBasis, "FORWARD_BASIS_"),
        (PricingConvention, chain_pb2.PricingConvention, "PRICING_CONVENTION_"),
        (OptionType, product_pb2.OptionType, "OPTION_TYPE_"),
        (QuantityUnit, product_pb2.QuantityUnit, "QUANTITY_UNIT_"),
        (SourceKind, session_pb2.SourceKind, "SOURCE_KIND_"),
        (MarketSession, session_pb2.MarketSession, "MARKET_SESSION_"),
        (
            VolatilityEstimator,
            analytics_service_pb2.VolatilityEstimator,
            "VOLATILITY_ESTIMATOR_",
        ),
        (SliceMethod, analytics_service_pb2.SliceMethod, "SLICE_METHOD_"),
    ],
)
def test_names_and_numbers_agree(
    ours: type[IntEnum], contract: EnumTypeWrapper, prefix: str
) -> None:
    stated = {name.removeprefix(prefix): number for name, number in contract.items() if number != 0}
    assert {member.name: member.value for member in ours if member.value != 0} == stated
