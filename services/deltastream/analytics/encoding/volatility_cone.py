"""Volatility cones on the wire."""

from dataclasses import asdict, fields
from typing import Final

from deltastream.analytics.kept_answers import Kept
from deltastream.analytics.queries.volatility_cone import VolatilityCone
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.missing import MissingReason
from deltastream.domain.volatility_history.cone import ConeHorizon, VolatilityRange
from deltastream.domain.volatility_history.estimators import VolatilityEstimator
from deltastream.runtime.codec.metrics import encode_missing
from deltastream.runtime.codec.moments import to_timestamp

_FIGURES: Final = tuple(figure.name for figure in fields(VolatilityRange))


def decode_estimator(number: "pb.VolatilityEstimator.ValueType") -> VolatilityEstimator:
    """Decode how volatility is to be estimated; by Yang and Zhang unless said otherwise."""
    return VolatilityEstimator(number) if number else VolatilityEstimator.YANG_ZHANG


def encode_cone(product: str, kept: Kept[VolatilityCone]) -> pb.GetVolatilityConeResponse:
    """Encode a product's cone."""
    cone = kept.answer
    return pb.GetVolatilityConeResponse(
        product=product,
        estimator=pb.VolatilityEstimator.ValueType(cone.estimator),
        horizons=map(_encode_horizon, cone.horizons),
        sessions=cone.sessions,
        timestamp=None if cone.newest is None else to_timestamp(cone.newest),
        as_of=to_timestamp(kept.as_of),
    )


def _encode_horizon(horizon: ConeHorizon) -> pb.ConeHorizon:
    if horizon.volatility is None:
        nothing = dict.fromkeys(_FIGURES, MissingReason.INSUFFICIENT_HISTORY)
        return pb.ConeHorizon(sessions=horizon.sessions, missing=encode_missing(nothing))
    return pb.ConeHorizon(
        sessions=horizon.sessions, samples=horizon.samples, **asdict(horizon.volatility)
    )
