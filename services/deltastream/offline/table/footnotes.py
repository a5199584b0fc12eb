"""The lines under a chain: why figures are missing, and what is not shown."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from deltastream.domain.events import EnrichedChain
from deltastream.domain.missing import MissingReason
from deltastream.offline.table.columns import Column
from deltastream.offline.table.ladder import Ladder
from deltastream.offline.table.words import BUILDUPS, LABELS, REASONS


def footnotes(enriched: EnrichedChain, ladder: Ladder, shown: Sequence[Column]) -> str:
    """Return the lines under a table of which these columns are shown."""
    return "\n".join(
        [
            *_missing_volatilities(enriched),
            *_missing_figures(enriched),
            *_legend(shown),
            *_not_shown(ladder, shown),
        ]
    )


def _missing_volatilities(enriched: EnrichedChain) -> Iterator[str]:
    """Count the legs of the whole chain that have no volatility, by reason."""
    sides = (enriched.call_figures.iv_missing, enriched.put_figures.iv_missing)
    codes = np.concatenate(sides)
    counts = Counter(code for code in codes.tolist() if code)
    if counts:
        grouped = (
            f"{count} x {_in_words(MissingReason(code))}" for code, count in counts.most_common()
        )
        yield f"IV missing in {counts.total()} of {len(codes)} options: {', '.join(grouped)}"


def _missing_figures(enriched: EnrichedChain) -> Iterator[str]:
    by_reason: dict[MissingReason, list[str]] = {}
    for name, reason in enriched.metrics.missing.items():
        by_reason.setdefault(reason, []).append(LABELS.get(name, name))
    for reason, labels in by_reason.items():
        yield f"{', '.join(labels)} missing: {_in_words(reason)}"


def _in_words(reason: MissingReason) -> str:
    return f"{REASONS[reason]} ({reason.name})"


def _legend(shown: Sequence[Column]) -> Iterator[str]:
    if any(column.heading == "B" for column in shown):
        yield "B: " + ", ".join(f"{letters} {words}" for letters, words in BUILDUPS.values())


def _not_shown(ladder: Ladder, shown: Sequence[Column]) -> Iterator[str]:
    if len(ladder.strikes) < ladder.listed:
        yield f"{len(ladder.strikes)} of {ladder.listed} strikes; --strikes 0 shows all"
    if hidden := [column.heading for column in ladder.stated() if column not in shown]:
        yield f"{', '.join(hidden)}: no room; widen the terminal, or use --format csv"
