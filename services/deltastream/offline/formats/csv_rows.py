"""Chains as CSV, a row a leg."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from deltastream.domain.events import EnrichedChain
from deltastream.domain.instruments import Product
from deltastream.offline.formats.csv_cells import cells_of
from deltastream.offline.formats.csv_columns import (
    CHAIN_COLUMNS,
    COLUMNS,
    FIELD_OF_COLUMN,
    LEG_COLUMNS,
)
from deltastream.runtime.codec.chains import encode_enriched

_CHAIN_FIELDS: Final = tuple(FIELD_OF_COLUMN.get(column, column) for column in CHAIN_COLUMNS)


class CsvRows:
    """Writes each leg as a row, by strike, the call before the put; an empty cell is absent.

    The columns and their order stand in `csv_columns`.
    """

    def head(self) -> str:
        """Return the row of names."""
        return _text([COLUMNS])

    def chain(self, enriched: EnrichedChain, product: Product) -> str:  # noqa: ARG002 - Format's
        """Return the rows of a chain."""
        message = encode_enriched(enriched)
        chain = cells_of(message, _CHAIN_FIELDS)
        legs = [
            *((leg, "OPTION_TYPE_CALL") for leg in message.calls),
            *((leg, "OPTION_TYPE_PUT") for leg in message.puts),
        ]
        # Sorting is stable: of one strike, the call stays before the put.
        legs.sort(key=lambda typed: typed[0].strike)
        return _text(
            [*chain, option_type, *cells_of(leg, LEG_COLUMNS)] for leg, option_type in legs
        )


def _text(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
