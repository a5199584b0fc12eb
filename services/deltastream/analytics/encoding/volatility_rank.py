"""Ranks of implied volatility on the wire."""

from deltastream.analytics.kept_answers import Kept
from deltastream.analytics.queries.volatility_rank import RankedVolatility
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.runtime.codec.metrics import encode_missing
from deltastream.runtime.codec.moments import to_timestamp


def encode_rank(product: str, kept: Kept[RankedVolatility]) -> pb.GetImpliedVolatilityRankResponse:
    """Encode the rank of a product's volatility and the series that it stands in."""
    series, rank = kept.answer.series, kept.answer.rank
    newest = series[-1] if series else None
    no_iv = {"iv": kept.answer.unknown} if newest is None else {}
    return pb.GetImpliedVolatilityRankResponse(
        product=product,
        iv=None if newest is None else newest.volatility,
        rank=rank.rank,
        percentile=rank.percentile,
        lowest=rank.lowest,
        highest=rank.highest,
        sessions=len(series),
        series=[
            pb.DailyVolatility(date=each.day.isoformat(), iv=each.volatility) for each in series
        ],
        missing=encode_missing(rank.missing | no_iv),
        timestamp=None if newest is None else to_timestamp(newest.timestamp),
        as_of=to_timestamp(kept.as_of),
    )
