"""What was computed of a chain's legs: fields of their messages on the wire, columns as values."""

from collections.abc import Sequence
from itertools import compress
from typing import Any, Final

import numpy as np

from deltastream.domain.events import Legs
from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.legs import LEG_FIELDS, legs_of, table_of

_COMPUTED: Final = (*FIGURE_COLUMNS, *FIGURE_CODES)
_FIELDS: Final = (*LEG_FIELDS, *_COMPUTED)


def write_figures(messages: Sequence[chain_pb2.OptionLeg], figures: LegFigures) -> None:
    """Set the computed fields of legs that are parallel to the figures.

    Where there is no volatility all numbers stay absent; 0 leaves an enumeration so.
    """
    # Walking a repeated field of a message makes each element anew: once is enough.
    legs = list(messages)
    known = ~np.isnan(figures.iv)
    computed = legs if known.all() else list(compress(legs, known.tolist()))
    for name in FIGURE_COLUMNS:
        for leg, number in zip(computed, getattr(figures, name)[known].tolist(), strict=True):
            setattr(leg, name, number)
    for name in FIGURE_CODES:
        for leg, code in zip(legs, getattr(figures, name).tolist(), strict=True):
            setattr(leg, name, code)


def decode_enriched_legs(
    messages: Sequence[chain_pb2.OptionLeg], *, side: str
) -> tuple[Legs, LegFigures]:
    """Decode legs, and what was computed of them; what is absent becomes NaN, or 0 of a code.

    Args:
        messages: one a strike, ascending.
        side: "calls" or "puts", for the error.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    table = table_of(messages, _FIELDS)
    legs = legs_of(table[:, : len(LEG_FIELDS)], side=side)
    computed = table[:, len(LEG_FIELDS) :].T
    figures: dict[str, Any] = dict(zip(_COMPUTED, computed, strict=True))
    figures |= {name: figures[name].astype(np.int8) for name in FIGURE_CODES}
    return legs, LegFigures(**figures)
