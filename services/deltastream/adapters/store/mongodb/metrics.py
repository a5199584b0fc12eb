"""A chain's metrics as fields of its document, under the names of the contract."""

from typing import Any, Final

from deltastream.adapters.store.mongodb.connection import Document
from deltastream.adapters.store.mongodb.fields import read_stated, stated
from deltastream.domain.figures import METRIC_ENUMS, METRIC_NUMBERS, ChainMetrics
from deltastream.domain.missing import MissingReason

# The strike is the first of the ties; it has a field for those who query.
_STATED: Final = (*METRIC_NUMBERS, "max_pain_strike")


def metric_fields(metrics: ChainMetrics) -> Document:
    """Return the fields of metrics; what is absent has none, and `missing` says why."""
    members = {name: getattr(metrics, name) for name in METRIC_ENUMS}
    return {
        **stated(metrics, *_STATED),
        **{name: member.name for name, member in members.items() if member is not None},
        "max_pain_ties": [float(strike) for strike in metrics.max_pain_ties],
        "missing": [
            {"field": field, "reason": reason.name} for field, reason in metrics.missing.items()
        ],
    }


def metrics_of(document: Document) -> ChainMetrics:
    """Read what `metric_fields` made."""
    metrics: dict[str, Any] = read_stated(document, *METRIC_NUMBERS)
    for name, enum in METRIC_ENUMS.items():
        if name in document:
            metrics[name] = enum[document[name]]
    return ChainMetrics(
        **metrics,
        max_pain_ties=tuple(document["max_pain_ties"]),
        missing={each["field"]: MissingReason[each["reason"]] for each in document["missing"]},
    )
