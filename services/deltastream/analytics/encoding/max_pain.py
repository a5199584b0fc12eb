"""Max pain on the wire."""

from collections.abc import Iterable

from deltastream.analytics.encoding.missing import explain
from deltastream.analytics.queries.max_pain import MaxPain
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import EnrichedChain
from deltastream.domain.max_pain import PainCurve
from deltastream.domain.missing import MissingReason
from deltastream.runtime.codec.moments import to_timestamp


def encode_max_pain(answer: MaxPain, history: Iterable[EnrichedChain]) -> pb.GetMaxPainResponse:
    """Encode max pain, its curve, and the series of those before."""
    chain, metrics = answer.enriched.chain, answer.enriched.metrics
    return pb.GetMaxPainResponse(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        max_pain_strike=metrics.max_pain_strike,
        spot_price=chain.spot_price,
        distance_from_spot=answer.distance_from_spot,
        distance_pct=answer.distance_percent,
        total_call_oi=metrics.total_call_oi,
        total_put_oi=metrics.total_put_oi,
        timestamp=to_timestamp(chain.timestamp),
        max_pain_ties=metrics.max_pain_ties,
        curve=_encode_curve(answer.curve),
        missing=explain(
            {
                "max_pain_strike": (metrics.max_pain_strike, MissingReason.NO_OPEN_INTEREST),
                "spot_price": (chain.spot_price, MissingReason.NO_SPOT),
                "distance_from_spot": (answer.distance_from_spot, answer.no_distance),
                "distance_pct": (answer.distance_percent, answer.no_distance),
            }
        ),
        history=map(_encode_point, history),
    )


def _encode_curve(curve: PainCurve) -> list[pb.PainPoint]:
    columns = (curve.strikes, curve.call_pain, curve.put_pain, curve.total)
    return [
        pb.PainPoint(strike=strike, call_pain=calls, put_pain=puts, total_pain=total)
        for strike, calls, puts, total in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _encode_point(enriched: EnrichedChain) -> pb.MaxPainPoint:
    strike, spot = enriched.metrics.max_pain_strike, enriched.chain.spot_price
    return pb.MaxPainPoint(
        timestamp=to_timestamp(enriched.chain.timestamp),
        max_pain_strike=strike,
        spot_price=spot,
        missing=explain(
            {
                "max_pain_strike": (strike, MissingReason.NO_OPEN_INTEREST),
                "spot_price": (spot, MissingReason.NO_SPOT),
            }
        ),
    )
