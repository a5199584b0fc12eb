"""Options to compute, and what was computed, on the wire."""

from math import nan

import numpy as np

from deltastream.analytics.encoding.numbers import rows_of
from deltastream.analytics.queries.calculation import (
    GREEKS,
    OptionBatch,
    OptionFigures,
    PricingModel,
)
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.market.v1 import missing_pb2, product_pb2


def decode_model(number: "pb.PricingModel.ValueType") -> PricingModel:
    """Decode the pricing model; BLACK76 unless said otherwise."""
    if number == pb.PRICING_MODEL_BLACK_SCHOLES:
        return PricingModel.BLACK_SCHOLES
    return PricingModel.BLACK76


def decode_batch(request: pb.CalculateOptionsRequest) -> OptionBatch:
    """Decode options, each of which has a price or a volatility, to columns."""
    options = list(request.options)
    call = product_pb2.OPTION_TYPE_CALL
    return OptionBatch(
        calls=np.array([option.option_type == call for option in options]),
        underlying=np.array([option.underlying for option in options]),
        strikes=np.array([option.strike for option in options]),
        years=np.array([option.years_to_expiry for option in options]),
        rate=np.array([option.rate for option in options]),
        dividend_yield=np.array([option.dividend_yield for option in options]),
        price=np.array([option.price if option.HasField("price") else nan for option in options]),
        volatility=np.array(
            [option.volatility if option.HasField("volatility") else nan for option in options]
        ),
    )


def encode_figures(figures: OptionFigures) -> pb.CalculateOptionsResponse:
    """Encode what was computed; NaN becomes an absent field."""
    columns = {
        "price": figures.price,
        "iv": figures.iv,
        **{name: getattr(figures.greeks, name) for name in GREEKS},
    }
    reasons = map(missing_pb2.MissingReason.ValueType, figures.reasons.tolist())
    results = [
        pb.OptionOutput(missing=reason, **row)
        for row, reason in zip(rows_of(columns), reasons, strict=True)
    ]
    return pb.CalculateOptionsResponse(results=results)
