"""AnalyticsService: questions over history."""

from deltastream.analytics.queries import MaxPain, Queries, Span
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceServicer
from deltastream.domain.events import EnrichedChain
from deltastream.domain.missing import MissingReason
from deltastream.runtime.codec.chains import encode_missing
from deltastream.runtime.codec.moments import to_date, to_datetime, to_timestamp
from deltastream.runtime.interceptors.base import Context

_DEFAULT_POINTS = 100


class AnalyticsServicer(AnalyticsServiceServicer):
    """Translates between the contract and the queries.

    Surface, build-up, exposure, straddle, candles and the calculator are part of the contract and
    not offered yet.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    async def GetPutCallRatio(
        self, request: pb.GetPutCallRatioRequest, context: Context
    ) -> pb.GetPutCallRatioResponse:
        """Return the put-call ratio, and its series when asked for."""
        expiry = to_date(request.expiry) if request.expiry else None
        latest = await self._queries.chain(request.product, expiry)
        history = await self._queries.series(latest, _span(request)) if request.history else ()
        return pb.GetPutCallRatioResponse(
            product=request.product,
            latest=_put_call_ratio(latest),
            history=[_put_call_ratio(chain) for chain in history],
        )

    async def GetMaxPain(
        self, request: pb.GetMaxPainRequest, context: Context
    ) -> pb.GetMaxPainResponse:
        """Return the strike of least pain and the whole curve."""
        expiry = to_date(request.expiry) if request.expiry else None
        return _max_pain(await self._queries.max_pain(request.product, expiry))


def _span(request: pb.GetPutCallRatioRequest) -> Span:
    return Span(
        limit=request.limit or _DEFAULT_POINTS,
        start=to_datetime(request.start) if request.HasField("start") else None,
        end=to_datetime(request.end) if request.HasField("end") else None,
    )


def _put_call_ratio(enriched: EnrichedChain) -> pb.PutCallRatio:
    metrics = enriched.metrics
    return pb.PutCallRatio(
        timestamp=to_timestamp(enriched.chain.timestamp),
        expiry=enriched.chain.expiry.isoformat(),
        pcr_oi=metrics.pcr_oi,
        pcr_volume=metrics.pcr_volume,
        total_call_oi=metrics.total_call_oi,
        total_put_oi=metrics.total_put_oi,
        total_call_volume=metrics.total_call_volume,
        total_put_volume=metrics.total_put_volume,
        missing=encode_missing(_reasons(metrics.missing, "pcr_oi", "pcr_volume")),
    )


def _max_pain(answer: MaxPain) -> pb.GetMaxPainResponse:
    chain, metrics, curve = answer.enriched.chain, answer.enriched.metrics, answer.curve
    points = zip(
        curve.strikes.tolist(), curve.call_pain.tolist(), curve.put_pain.tolist(),
        curve.total.tolist(), strict=True,
    )  # fmt: skip
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
        curve=[
            pb.PainPoint(strike=strike, call_pain=calls, put_pain=puts, total_pain=total)
            for strike, calls, puts, total in points
        ],
        missing=encode_missing(_reasons(metrics.missing, "max_pain_strike") | answer.missing),
    )


def _reasons(missing: dict[str, MissingReason], *fields: str) -> dict[str, MissingReason]:
    return {field: missing[field] for field in fields if field in missing}
