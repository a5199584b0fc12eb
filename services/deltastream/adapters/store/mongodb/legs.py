"""The calls or the puts of a chain as documents, one an option, under the names of the contract."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Any, Final

import numpy as np

from deltastream.adapters.store.mongodb.connection import Document
from deltastream.domain.arrays import CodeArray, FloatArray
from deltastream.domain.events import LEG_COLUMNS, Legs
from deltastream.domain.figures import FIGURE_COLUMNS, Buildup, LegFigures, PriceBasis
from deltastream.domain.instruments import OptionType, instrument_id
from deltastream.domain.missing import MissingReason

Side = tuple[Legs, LegFigures]

NO_SIDE: Final[Side] = (Legs.from_table(np.empty((0, len(LEG_COLUMNS)))), LegFigures.none(0))
"""What stands for the calls or the puts of a chain that was read without them."""

_QUOTED: Final = LEG_COLUMNS[1:]
_ENUMS: Final[Mapping[str, type[IntEnum]]] = {
    "iv_missing": MissingReason,
    "price_basis": PriceBasis,
    "buildup": Buildup,
}
_NAMES: Final = {
    column: {int(member): member.name for member in enum} for column, enum in _ENUMS.items()
}
_CODES: Final = {
    column: {member.name: int(member) for member in enum} for column, enum in _ENUMS.items()
}


def side_documents(
    side: Side, *, product: str, expiry: date, option_type: OptionType
) -> list[Document]:
    """Return a document for each leg, in their order."""
    legs, figures = side
    documents = [
        {"symbol": instrument_id(product, expiry, strike, option_type)}
        for strike in legs.strikes.tolist()
    ]
    _add_numbers(documents, "strike", legs.strikes)
    for name in _QUOTED:
        _add_numbers(documents, name, getattr(legs, name))
    for name in FIGURE_COLUMNS:
        _add_numbers(documents, name, getattr(figures, name))
    for name in _ENUMS:
        _add_names(documents, name, getattr(figures, name))
    return documents


def side_of(documents: Sequence[Document]) -> Side:
    """Read what `side_documents` made."""
    strikes = _numbers(documents, "strike")
    quoted = {name: _numbers(documents, name) for name in _QUOTED}
    figures: dict[str, Any] = {name: _numbers(documents, name) for name in FIGURE_COLUMNS}
    figures |= {name: _codes(documents, name) for name in _ENUMS}
    return Legs(strikes=strikes, **quoted), LegFigures(**figures)


def _add_numbers(documents: Sequence[Document], name: str, column: FloatArray) -> None:
    for document, number in zip(documents, column.tolist(), strict=True):
        if number == number:  # noqa: PLR0124 - all but NaN, at a fraction of what math.isnan costs
            document[name] = number


def _add_names(documents: Sequence[Document], name: str, column: CodeArray) -> None:
    names = _NAMES[name]
    for document, code in zip(documents, column.tolist(), strict=True):
        if code:
            # One that has no name stands as its number.
            document[name] = names.get(code, code)


def _numbers(documents: Sequence[Document], name: str) -> FloatArray:
    return np.array([document.get(name, np.nan) for document in documents], dtype=np.float64)


def _codes(documents: Sequence[Document], name: str) -> CodeArray:
    codes = _CODES[name]
    named = (document.get(name, 0) for document in documents)
    return np.array([codes.get(each, each) for each in named], dtype=np.int8)
