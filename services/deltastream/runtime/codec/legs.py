"""The legs of a chain: messages on the wire, columns as values."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import isnan
from typing import Any, Final

import numpy as np

from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import LEG_COLUMNS, FloatArray, Legs
from deltastream.domain.instruments import OptionType, strike_text
from deltastream.market.v1 import chain_pb2

_FIELDS: Final = tuple("strike" if column == "strikes" else column for column in LEG_COLUMNS)


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
    stated: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    if not complete:
        stated = {name: number for name, number in stated.items() if not isnan(number)}
    return chain_pb2.OptionLeg(symbol=symbol, **stated)


def decode_legs(messages: Iterable[chain_pb2.OptionLeg], *, side: str) -> Legs:
    """Decode messages to columns; an absent field becomes NaN.

    Args:
        messages: one a strike, ascending.
        side: "calls" or "puts", for the error.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    rows = [_decode_leg(message) for message in messages]
    table: FloatArray = np.array(rows, dtype=np.float64).reshape(len(rows), len(_FIELDS))
    if (np.diff(table[:, 0]) <= 0).any():
        raise InvalidValueError(side, "strikes must ascend, each once")
    return Legs.from_table(table)


def _decode_leg(message: chain_pb2.OptionLeg) -> list[float]:
    # ListFields walks only what is set, once; HasField and getattr would be two calls a field.
    stated = {descriptor.name: value for descriptor, value in message.ListFields()}
    return [stated.get(name, np.nan) for name in _FIELDS]
