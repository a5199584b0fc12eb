"""The legs of a chain: messages on the wire, columns as values."""

from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import LEG_COLUMNS, Legs
from deltastream.domain.instruments import OptionType, strike_text
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.row_writing import RowFields, write_rows
from deltastream.runtime.codec.rows import RowReader
from deltastream.runtime.codec.wire import BYTES, tag, varint

LEG_FIELDS: Final = tuple("strike" if column == "strikes" else column for column in LEG_COLUMNS)
"""The fields of OptionLeg that a source states, in the order of LEG_COLUMNS."""

Chain = chain_pb2.OptionChain | chain_pb2.EnrichedChain


def leg_numbers(names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of fields of OptionLeg."""
    return tuple(chain_pb2.OptionLeg.DESCRIPTOR.fields_by_name[name].number for name in names)


def elements(*, calls: int, puts: int) -> list[int]:
    """Return which field of a chain each leg belongs to: so many calls, then so many puts."""
    return [*repeat(_CALLS, calls), *repeat(_PUTS, puts)]


_CALLS, _PUTS = (
    chain_pb2.EnrichedChain.DESCRIPTOR.fields_by_name[side].number for side in ("calls", "puts")
)
_STATED: Final = RowFields(numbers=leg_numbers(LEG_FIELDS))
_READER: Final = RowReader(columns={number: at for at, number in enumerate(_STATED.numbers)})
_SYMBOL: Final = tag(leg_numbers(("symbol",))[0], BYTES)


def encode_legs(calls: Legs, puts: Legs, *, product: str, expiry: date) -> bytes:
    """Encode columns to the calls and the puts of a chain message; NaN becomes an absent field."""
    prefix = f"{product}-{expiry:%Y%m%d}-"
    beginnings = [
        *_beginnings(prefix, f"-{OptionType.CALL.code}", calls.strikes.tobytes()),
        *_beginnings(prefix, f"-{OptionType.PUT.code}", puts.strikes.tobytes()),
    ]
    table = np.concatenate((calls.table(), puts.table()))
    return write_rows(
        beginnings, table, _STATED, elements=elements(calls=len(calls), puts=len(puts))
    )


@lru_cache(maxsize=256)
def _beginnings(prefix: str, suffix: str, strikes: bytes) -> tuple[bytes, ...]:
    """Encode the symbol of each leg; the strikes of a side are the same from chain to chain."""
    symbols = (
        f"{prefix}{strike_text(strike)}{suffix}".encode()
        for strike in np.frombuffer(strikes, dtype=np.float64).tolist()
    )
    return tuple(_SYMBOL + varint(len(symbol)) + symbol for symbol in symbols)


def decode_legs(message: Chain) -> tuple[Legs, Legs]:
    """Decode calls and puts to columns; an absent field becomes NaN.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    return legs_of(_READER.read(encoded_legs(message)), calls=len(message.calls))


def encoded_legs(message: Chain) -> list[bytes]:
    """Return the legs of a chain, calls before puts, each encoded."""
    return [leg.SerializeToString() for leg in chain(message.calls, message.puts)]


def legs_of(table: FloatArray, *, calls: int) -> tuple[Legs, Legs]:
    """Take the columns of LEG_FIELDS as legs, the first rows as calls.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    for side, strikes in (("calls", table[:calls, 0]), ("puts", table[calls:, 0])):
        if not (strikes[1:] > strikes[:-1]).all():
            raise InvalidValueError(side, "strikes must ascend, each once")
    return Legs.from_table(table[:calls]), Legs.from_table(table[calls:])
