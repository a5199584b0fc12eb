"""What was computed of a chain's legs: fields of their messages on the wire, columns as values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs
from deltastream.domain.figures import FIGURE_CODES, FIGURE_COLUMNS, LegFigures
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.legs import LEG_FIELDS, EncodedLegs, leg_numbers, legs_of
from deltastream.runtime.codec.row_writing import RowFields, write_rows
from deltastream.runtime.codec.rows import RowReader

_COMPUTED: Final = (*FIGURE_COLUMNS, *FIGURE_CODES)
_NUMBERS: Final = len(FIGURE_COLUMNS)
_STATED: Final = len(LEG_FIELDS)
_FIELDS: Final = RowFields(numbers=leg_numbers(FIGURE_COLUMNS), codes=leg_numbers(FIGURE_CODES))
_READER: Final = RowReader(
    columns={number: at for at, number in enumerate(leg_numbers((*LEG_FIELDS, *_COMPUTED)))},
    codes=frozenset(_FIELDS.codes),
)
_NO_LEGS: Final = (
    legs_of(np.empty((0, _STATED)), calls=0),
    (LegFigures.none(0), LegFigures.none(0)),
)


def encode_enriched_legs(
    chains: Sequence[tuple[EncodedLegs, LegFigures, LegFigures]],
) -> Iterator[bytes]:
    """Encode the legs of chains with what was computed of them, as each chain's calls and puts.

    Where there is no volatility all numbers stay absent; 0 leaves an enumeration so. All are
    written at once, which costs less than one by one.

    Args:
        chains: the legs as they came, which are not rebuilt, and what was computed, parallel to
            their calls and to their puts.
    """
    # Summaries are listed by the thousand.
    if not any(legs.rows for legs, *_ in chains):
        yield from repeat(b"", len(chains))
        return
    sides = [side for _, *figures in chains for side in figures]
    table = np.empty((sum(map(len, sides)), len(_COMPUTED)))
    for column, name in enumerate(_COMPUTED):
        np.concatenate([getattr(side, name) for side in sides], out=table[:, column])
    table[np.isnan(table[:, _COMPUTED.index("iv")]), :_NUMBERS] = np.nan
    written = write_rows(
        [row for legs, *_ in chains for row in legs.rows],
        table,
        _FIELDS,
        elements=[element for legs, *_ in chains for element in legs.elements],
    )
    start = 0
    for legs, *_ in chains:
        end = start + len(legs.rows)
        yield b"".join(written[start:end])
        start = end


def decode_enriched_legs(
    messages: Iterable[chain_pb2.EnrichedChain],
) -> Iterator[tuple[tuple[Legs, Legs], tuple[LegFigures, LegFigures]]]:
    """Decode the calls and puts of chains, and what was computed of them.

    All are read at once: for few legs, the calls into numpy take longer than the reading. What is
    absent is NaN, or 0 of a code.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    chains = list(messages)
    if not any(message.calls or message.puts for message in chains):
        yield from repeat(_NO_LEGS, len(chains))
        return
    table = _READER.read([leg for message in chains for leg in EncodedLegs.of(message).rows])
    start = 0
    for message in chains:
        calls = len(message.calls)
        end = start + calls + len(message.puts)
        computed = table[start:end, _STATED:]
        yield (
            legs_of(table[start:end, :_STATED], calls=calls),
            (_figures_of(computed[:calls]), _figures_of(computed[calls:])),
        )
        start = end


def _figures_of(table: FloatArray) -> LegFigures:
    figures: dict[str, Any] = dict(zip(FIGURE_COLUMNS, table[:, :_NUMBERS].T, strict=True))
    codes = table[:, _NUMBERS:].astype(np.int8)
    return LegFigures(**figures, **dict(zip(FIGURE_CODES, codes.T, strict=True)))
