"""The legs of a chain: messages on the wire, columns as values."""

from collections.abc import Sequence
from datetime import date
from math import isnan
from operator import attrgetter
from typing import Any, Final

import numpy as np
from google.protobuf.message import Message

from deltastream.domain.arrays import FloatArray
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import LEG_COLUMNS, Legs
from deltastream.domain.instruments import OptionType, strike_text
from deltastream.market.v1 import chain_pb2

LEG_FIELDS: Final = tuple("strike" if column == "strikes" else column for column in LEG_COLUMNS)
"""The fields of OptionLeg that a source states, in the order of LEG_COLUMNS."""


def encode_legs(
    legs: Legs, *, product: str, expiry: date, option_type: OptionType
) -> list[chain_pb2.OptionLeg]:
    """Encode columns to one message a strike; NaN becomes an absent field."""
    prefix, suffix = f"{product}-{expiry:%Y%m%d}-", f"-{option_type.code}"
    table = legs.table()
    rows = table.tolist()
    # A row without gaps, the common one, needs no look at each number.
    gaps = np.asarray(np.isnan(table).any(axis=1)).tolist()
    return [
        _encode_leg(f"{prefix}{strike_text(row[0])}{suffix}", row, complete=not gap)
        for row, gap in zip(rows, gaps, strict=True)
    ]


def _encode_leg(symbol: str, row: Sequence[float], *, complete: bool) -> chain_pb2.OptionLeg:
    stated: dict[str, Any] = dict(zip(LEG_FIELDS, row, strict=True))
    if not complete:
        stated = {name: number for name, number in stated.items() if not isnan(number)}
    return chain_pb2.OptionLeg(symbol=symbol, **stated)


def decode_legs(messages: Sequence[chain_pb2.OptionLeg], *, side: str) -> Legs:
    """Decode messages to columns; an absent field becomes NaN.

    Args:
        messages: one a strike, ascending.
        side: "calls" or "puts", for the error.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    return legs_of(table_of(messages, LEG_FIELDS), side=side)


def legs_of(table: FloatArray, *, side: str) -> Legs:
    """Take the columns of LEG_FIELDS as legs.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    if (np.diff(table[:, 0]) <= 0).any():
        raise InvalidValueError(side, "strikes must ascend, each once")
    return Legs.from_table(table)


def table_of(messages: Sequence[chain_pb2.OptionLeg], names: Sequence[str]) -> FloatArray:
    """Read numbers as columns of shape (messages, names); an absent field is NaN.

    All fields are read at once, and only those that read 0 are asked whether they are there:
    asking each would take several times as long.
    """
    if not messages:
        return np.empty((0, len(names)))
    read = attrgetter(*names)
    table: FloatArray = np.array([read(message) for message in messages], dtype=np.float64)
    for row, column in np.argwhere(table == 0.0).tolist():
        if _is_absent(messages[row], names[column]):
            table[row, column] = np.nan
    return table


def _is_absent(message: Message, name: str) -> bool:
    """Say whether an optional field is absent; other fields always have a value."""
    return name in _OPTIONAL and not message.HasField(name)


_OPTIONAL: Final = frozenset(
    field.name for field in chain_pb2.OptionLeg.DESCRIPTOR.fields if field.has_presence
)
