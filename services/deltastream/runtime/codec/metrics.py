"""What a chain means as a whole, on the wire and as values."""

from collections.abc import Mapping
from typing import Any

from deltastream.domain.figures import METRIC_ENUMS, METRIC_NUMBERS, ChainMetrics
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2, missing_pb2


def encode_metrics(metrics: ChainMetrics) -> chain_pb2.EnrichedChain:
    """Encode the metrics as a chain that has nothing else yet; None becomes an absent field."""
    fields: dict[str, Any] = {name: getattr(metrics, name) for name in METRIC_NUMBERS}
    fields |= {name: getattr(metrics, name) or 0 for name in METRIC_ENUMS}
    return chain_pb2.EnrichedChain(
        max_pain_strike=metrics.max_pain_strike,
        max_pain_ties=metrics.max_pain_ties,
        missing=encode_missing(metrics.missing),
        **fields,
    )


def decode_metrics(message: chain_pb2.EnrichedChain) -> ChainMetrics:
    """Decode the metrics of a chain."""
    stated: dict[str, Any] = {
        "total_call_oi": 0.0,
        "total_put_oi": 0.0,
        "total_call_volume": 0.0,
        "total_put_volume": 0.0,
    }
    # ListFields walks only what is set, once; HasField and getattr would be two calls a field.
    for descriptor, value in message.ListFields():
        name = descriptor.name
        if name in METRIC_ENUMS:
            stated[name] = METRIC_ENUMS[name](value)
        elif name in _NUMBERS:
            stated[name] = value
    return ChainMetrics(
        max_pain_ties=tuple(message.max_pain_ties),
        missing={value.field: MissingReason(value.reason) for value in message.missing},
        **stated,
    )


def encode_missing(missing: Mapping[str, MissingReason]) -> list[missing_pb2.MissingValue]:
    """Encode why figures are absent, in the order of the fields' names."""
    return [
        missing_pb2.MissingValue(
            field=field, reason=missing_pb2.MissingReason.ValueType(missing[field])
        )
        for field in sorted(missing)
    ]


_NUMBERS = frozenset(METRIC_NUMBERS)
