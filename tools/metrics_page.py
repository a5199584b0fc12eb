"""Writes the tables of docs/metrics.md anew, from the metrics that the code declares.

    python -m tools.metrics_page

What stands above them is kept by hand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deltastream.runtime.telemetry.names import LABELS, METRICS, Metric

PAGE: Final = Path(__file__).parents[1] / "docs/metrics.md"
_MARK: Final = "<!-- From here on written by tools/metrics_page.py. -->\n"


def with_tables(text: str) -> str:
    """Return the text of a page with the tables as they ought to be.

    Raises:
        ValueError: nothing says where the tables begin.
    """
    by_hand, mark, _ = text.partition(_MARK)
    if not mark:
        raise ValueError(f"{PAGE.name} lacks the line {_MARK.strip()}")
    return f"{by_hand}{mark}\n" + "\n".join([*_metrics(), *_labels(), *_buckets()]) + "\n"


def _metrics() -> Iterator[str]:
    yield from ("## All of them", "", "| metric | kind | labels | roles | what it says |")
    yield "| --- | --- | --- | --- | --- |"
    yield from map(_row, METRICS)
    yield ""


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    roles = ", ".join(metric.roles) or "all"
    return f"| `{metric.name}` | {metric.kind} | {labels} | {roles} | {metric.help} |"


def _labels() -> Iterator[str]:
    yield from ("## What labels say", "", "| label | values |", "| --- | --- |")
    yield from (f"| `{label}` | {values} |" for label, values in LABELS.items())
    yield ""


def _buckets() -> Iterator[str]:
    yield from ("## Buckets", "", "| histogram | upper bounds |", "| --- | --- |")
    for metric in METRICS:
        if metric.buckets:
            yield f"| `{metric.name}` | {', '.join(map(str, metric.buckets))} |"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
