"""What a chain means as a whole, on the wire and as values."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Final

from google.protobuf.message import Message

from deltastream.domain.figures import METRIC_ENUMS, METRIC_NUMBERS, ChainMetrics
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2, missing_pb2
from deltastream.runtime.codec.enums import known


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
    numbers: dict[str, Any] = dict(zip(METRIC_NUMBERS, _numbers_of(message), strict=True))
    # All are read at once, and only those that read 0 are asked whether they are there.
    for name, number in numbers.items():
        if number == 0.0 and _is_absent(message, name):
            numbers[name] = None
    members: dict[str, Any] = {
        name: known(enum, number) if number else None
        for (name, enum), number in zip(METRIC_ENUMS.items(), _members_of(message), strict=True)
    }
    return ChainMetrics(
        max_pain_ties=tuple(message.max_pain_ties),
        missing=_decode_missing(message),
        **numbers,
        **members,
    )


def _decode_missing(message: chain_pb2.EnrichedChain) -> dict[str, MissingReason]:
    """Return why figures are absent, as far as this program knows the reasons."""
    reasons = ((value.field, known(MissingReason, value.reason)) for value in message.missing)
    return {field: reason for field, reason in reasons if reason is not None}


def _is_absent(message: Message, name: str) -> bool:
    """Say whether an optional field is absent; other fields always have a value."""
    return name in _OPTIONAL and not message.HasField(name)


def encode_missing(missing: Mapping[str, MissingReason]) -> list[missing_pb2.MissingValue]:
    """Encode why figures are absent, in the order of the fields' names."""
    return [
        missing_pb2.MissingValue(
            field=field, reason=missing_pb2.MissingReason.ValueType(missing[field])
        )
        for field in sorted(missing)
    ]


_numbers_of: Final = attrgetter(*METRIC_NUMBERS)
_members_of: Final = attrgetter(*METRIC_ENUMS)
_OPTIONAL: Final = frozenset(
    field.name for field in chain_pb2.EnrichedChain.DESCRIPTOR.fields if field.has_presence
)
