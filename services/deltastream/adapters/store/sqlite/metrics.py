"""A chain's metrics as columns of its row."""

import json
from typing import Any, Final

from deltastream.adapters.store.sqlite.table import Row
from deltastream.domain.events import ChainMetrics, PriceBasis
from deltastream.domain.missing import MissingReason

METRIC_COLUMNS: Final = (
    "total_call_oi",
    "total_put_oi",
    "total_call_volume",
    "total_put_volume",
    "pcr_oi",
    "pcr_volume",
    "atm_strike",
    "atm_straddle_price",
    "atm_straddle_basis",
    "max_pain_ties",
    "missing",
)
_json: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def metrics_row(metrics: ChainMetrics) -> Row:
    """Return the values of METRIC_COLUMNS."""
    basis = metrics.atm_straddle_basis
    return (
        metrics.total_call_oi,
        metrics.total_put_oi,
        metrics.total_call_volume,
        metrics.total_put_volume,
        metrics.pcr_oi,
        metrics.pcr_volume,
        metrics.atm_strike,
        metrics.atm_straddle_price,
        None if basis is None else basis.name,
        _json(metrics.max_pain_ties),
        _json({figure: reason.name for figure, reason in metrics.missing.items()}),
    )


def metrics_of(row: Row) -> ChainMetrics:
    """Read the values of METRIC_COLUMNS."""
    metrics: dict[str, Any] = dict(zip(METRIC_COLUMNS, row, strict=True))
    basis = metrics["atm_straddle_basis"]
    metrics["atm_straddle_basis"] = None if basis is None else PriceBasis[basis]
    metrics["max_pain_ties"] = tuple(json.loads(metrics["max_pain_ties"]))
    missing = json.loads(metrics["missing"])
    metrics["missing"] = {figure: MissingReason[reason] for figure, reason in missing.items()}
    return ChainMetrics(**metrics)
