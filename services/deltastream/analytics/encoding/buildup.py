"""Open-interest build-up on the wire."""

from deltastream.analytics.encoding.missing import explain
from deltastream.analytics.encoding.numbers import rows_of
from deltastream.analytics.queries.buildup import SINCE_CLOSE, StrikeBuildup
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.metrics import encode_missing
from deltastream.runtime.codec.moments import to_timestamp


def encode_buildup(answer: StrikeBuildup) -> pb.GetOpenInterestBuildupResponse:
    """Encode the build-up of all strikes of a chain."""
    chain, metrics = answer.enriched.chain, answer.enriched.metrics
    since_close = answer.window == SINCE_CLOSE
    response = pb.GetOpenInterestBuildupResponse(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        strikes=_encode_strikes(answer),
        baseline=(
            pb.BUILDUP_BASELINE_PREVIOUS_CLOSE if since_close else pb.BUILDUP_BASELINE_WINDOW_START
        ),
        timestamp=to_timestamp(chain.timestamp),
        support=metrics.support,
        resistance=metrics.resistance,
        missing=explain(
            {
                "support": (metrics.support, MissingReason.NO_OPEN_INTEREST_ON_SIDE),
                "resistance": (metrics.resistance, MissingReason.NO_OPEN_INTEREST_ON_SIDE),
            }
        ),
    )
    if answer.baseline_at is not None:
        response.baseline_at.CopyFrom(to_timestamp(answer.baseline_at))
    elif not since_close:
        response.missing.extend(encode_missing({"baseline_at": MissingReason.INSUFFICIENT_HISTORY}))
    return response


def _encode_strikes(answer: StrikeBuildup) -> list[pb.StrikeBuildup]:
    oi_change, price_change = answer.open_interest_change, answer.price_change
    changes = {
        "call_oi_change": oi_change[CALL],
        "put_oi_change": oi_change[PUT],
        "call_price_change": price_change[CALL],
        "put_price_change": price_change[PUT],
    }
    codes = answer.codes.T.tolist()
    return [
        pb.StrikeBuildup(
            strike=strike,
            call=chain_pb2.Buildup.ValueType(call),
            put=chain_pb2.Buildup.ValueType(put),
            **row,
        )
        for strike, (call, put), row in zip(
            answer.strikes.tolist(), codes, rows_of(changes), strict=True
        )
    ]
