"""Put-call ratios on the wire."""

from deltastream.analytics.encoding.missing import explain
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import EnrichedChain
from deltastream.domain.missing import MissingReason
from deltastream.runtime.codec.moments import to_timestamp


def encode_put_call_ratio(enriched: EnrichedChain) -> pb.PutCallRatio:
    """Encode the ratios of a chain."""
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
        missing=explain(
            {
                "pcr_oi": (metrics.pcr_oi, MissingReason.NO_CALL_OPEN_INTEREST),
                "pcr_volume": (metrics.pcr_volume, MissingReason.NO_CALL_VOLUME),
            }
        ),
    )
