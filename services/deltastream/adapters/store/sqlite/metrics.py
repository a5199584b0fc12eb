"""A chain's metrics as columns of its row."""

import json
from operator import attrgetter
from typing import Any, Final

from deltastream.adapters.store.sqlite.table import Row
from deltastream.domain.figures import METRIC_ENUMS, METRIC_NUMBERS, ChainMetrics
from deltastream.domain.missing import MissingReason

METRIC_COLUMNS: Final = (*METRIC_NUMBERS, *METRIC_ENUMS, "max_pain_ties", "missing")
_numbers_of: Final = attrgetter(*METRIC_NUMBERS)
_members_of: Final = attrgetter(*METRIC_ENUMS)
_json: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def metrics_row(metrics: ChainMetrics) -> Row:
    """Return the values of METRIC_COLUMNS."""
    return (
        *_numbers_of(metrics),
        *(None if member is None else member.name for member in _members_of(metrics)),
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
