"""The legs of a chain by strike."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from deltastream.domain.events import LEG_COLUMNS, EnrichedChain, Legs
from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures

LegRow = Mapping[str, float]
"""What is quoted and what was computed of one leg, by name; NaN is absent."""

_FIGURES: Final = (*FIGURE_COLUMNS, *FIGURE_CODES)


def leg_rows(legs: Legs, figures: LegFigures) -> dict[float, LegRow]:
    """Return the rows of the calls or the puts by their strikes."""
    columns = [
        *(getattr(legs, name).tolist() for name in LEG_COLUMNS),
        *(getattr(figures, name).tolist() for name in _FIGURES),
    ]
    names = (*LEG_COLUMNS, *_FIGURES)
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    return {row["strikes"]: row for row in rows}


def strike_of_money(enriched: EnrichedChain) -> float | None:
    """Return the strike at the money: nearest to spot, else to the forward."""
    metrics = enriched.metrics
    return metrics.atm_forward_strike if metrics.atm_strike is None else metrics.atm_strike


def strikes_around(strikes: Sequence[float], middle: float | None, *, count: int) -> list[float]:
    """Take consecutive strikes, about as many below the middle as above.

    Args:
        strikes: ascending.
        middle: one of them; None is the one in the middle.
        count: how many to take; 0 takes all.
    """
    if not 0 < count < len(strikes):
        return list(strikes)
    at = len(strikes) // 2 if middle is None else int(np.searchsorted(strikes, middle))
    first = min(max(at - count // 2, 0), len(strikes) - count)
    return list(strikes[first : first + count])
