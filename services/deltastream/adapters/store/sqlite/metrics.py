"""A chain's metrics as columns of its row."""

import json
from typing import Any, Final

from deltastream.adapters.store.sqlite.table import Row
from deltastream.domain.figures import METRIC_ENUMS, METRIC_NUMBERS, ChainMetrics
from deltastream.domain.missing import MissingReason

METRIC_COLUMNS: Final = (*METRIC_NUMBERS, *METRIC_ENUMS, "max_pain_ties", "missing")
_json: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def metrics_row(metrics: ChainMetrics) -> Row:
    """Return the values of METRIC_COLUMNS."""
    members = (getattr(metrics, name) for name in METRIC_ENUMS)
    return (
        *(getattr(metrics, name) for name in METRIC_NUMBERS),
        *(None if member is None else member.name for member in members),
        _json(metrics.max_pain_ties),
        _json({figure: reason.name for figure, reason in metrics.missing.items()}),
    )


def metrics_of(row: Row) -> ChainMetrics:
    """Read the values of METRIC_COLUMNS."""
    metrics: dict[str, Any] = dict(zip(METRIC_COLUMNS, row, strict=True))
    for name, enum in METRIC_ENUMS.items():
        if metrics[name] is not None:
            metrics[name] = enum[metrics[name]]
    metrics["max_pain_ties"] = tuple(json.loads(metrics["max_pain_ties"]))
    missing = json.loads(metrics["missing"])
    metrics["missing"] = {figure: MissingReason[reason] for figure, reason in missing.items()}
    return ChainMetrics(**metrics)
