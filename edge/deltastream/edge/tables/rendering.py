"""Rows as JSON and as CSV."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, Final

import orjson

from deltastream.edge.tables.columns import Cell, Column

# With one of these, spreadsheets take a text for a formula and compute it; the last four are how
# the first four are typed in East Asia.
_FORMULA_BEGINS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_GUARD: Final = "'"
_LINE_END: Final = "\r\n"


def json_of(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Return an array of flat objects, one a row; what is absent is null.

    Args:
        columns: from left to right.
        rows: what each row is of.
    """
    return orjson.dumps([{each.name: each.read(row) for each in columns} for row in rows])


def csv_of(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Return comma-separated values in UTF-8 (RFC 4180), with a head; what is absent is empty.

    Args:
        columns: from left to right.
        rows: what each row is of.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator=_LINE_END)
    writer.writerow(each.name for each in columns)
    writer.writerows([_field_of(each.read(row)) for each in columns] for row in rows)
    return text.getvalue().encode()


def _field_of(cell: Cell) -> Cell:
    """Return what the writer is to write of a cell: numbers as they are, no text a formula."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case str() if cell.startswith(_FORMULA_BEGINS):
            return f"{_GUARD}{cell}"
        case _:
            return cell
