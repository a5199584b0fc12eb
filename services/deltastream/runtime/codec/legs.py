"""The legs of a chain: messages on the wire, columns as values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from typing import Final, Self

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
    sides = elements(calls=len(calls), puts=len(puts))
    return b"".join(write_rows(beginnings, table, _STATED, elements=sides))


@lru_cache(maxsize=256)
def _beginnings(prefix: str, suffix: str, strikes: bytes) -> tuple[bytes, ...]:
    """Encode the symbol of each leg; the strikes of a side are the same from chain to chain."""
    symbols = (
        f"{prefix}{strike_text(strike)}{suffix}".encode()
        for strike in np.frombuffer(strikes, dtype=np.float64).tolist()
    )
    return tuple(_SYMBOL + varint(len(symbol)) + symbol for symbol in symbols)


@dataclass(frozen=True, slots=True)
class EncodedLegs:
    """The legs of a chain, each encoded.

    Attributes:
        rows: calls before puts.
        calls: how many of them are calls.
    """

    rows: Sequence[bytes]
    calls: int

    @classmethod
    def of(cls, message: Chain) -> Self:
        """Take the legs out of a chain."""
        legs = chain(message.calls, message.puts)
        return cls([leg.SerializeToString() for leg in legs], len(message.calls))

    @property
    def elements(self) -> list[int]:
        """Which field of a chain each leg belongs to."""
        return elements(calls=self.calls, puts=len(self.rows) - self.calls)


def decode_legs(chains: Sequence[EncodedLegs]) -> Iterator[tuple[Legs, Legs]]:
    """Decode calls and puts to columns; an absent field becomes NaN.

    All are read at once: for few legs, the calls into numpy take longer than the reading.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    table = _READER.read([row for each in chains for row in each.rows])
    start = 0
    for each in chains:
        end = start + len(each.rows)
        yield legs_of(table[start:end], calls=each.calls)
        start = end


def legs_of(table: FloatArray, *, calls: int) -> tuple[Legs, Legs]:
    """Take the columns of LEG_FIELDS as legs, the first rows as calls.

    Raises:
        InvalidValueError: strikes do not ascend, or one stands twice.
    """
    for side, strikes in (("calls", table[:calls, 0]), ("puts", table[calls:, 0])):
        if not (strikes[1:] > strikes[:-1]).all():
            raise InvalidValueError(side, "strikes must ascend, each once")
    return Legs.from_table(table[:calls]), Legs.from_table(table[calls:])
