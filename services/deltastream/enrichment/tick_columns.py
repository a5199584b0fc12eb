"""Ticks of the contract as the columns that candles are made of."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.arrays import BoolArray
from deltastream.domain.candles.ticks import IntegerArray, Ticks
from deltastream.market.v1 import tick_pb2

_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799
"""0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the seconds that a Timestamp lies between."""


def possible_columns_of(ticks: Sequence[tick_pb2.UnderlyingTick], *, product: str) -> Ticks | None:
    """Put ticks of one bus entry into columns; None if storage would not take them.

    It refuses an entry as a whole, and so must the candles.

    Args:
        ticks: what the entry has.
        product: whose ticks it has to have.
    """
    if not all(tick.product == product and tick.HasField("timestamp") for tick in ticks):
        return None
    try:
        columns = columns_of(ticks)
        processed = _instants_of(tick.processed_at for tick in ticks)
    except OverflowError:
        return None
    stated = np.array([tick.volume for tick in ticks], dtype=np.float64)
    possible = (
        (columns.sequences > 0)
        & (columns.prices > 0)
        & (columns.prices < np.inf)
        & (stated >= 0)
        & (stated < np.inf)
        & _are_of_the_calendar(columns.times)
        & _are_of_the_calendar(processed)
    )
    return columns if possible.all() else None


def columns_of(ticks: Sequence[tick_pb2.UnderlyingTick]) -> Ticks:
    """Put the ticks of one product into columns.

    Raises:
        OverflowError: a time or a sequence is none that can be counted with.
    """
    return Ticks(
        times=_instants_of(tick.timestamp for tick in ticks),
        sequences=np.array([tick.sequence for tick in ticks], dtype=np.int64),
        prices=np.array([tick.price for tick in ticks], dtype=np.float64),
        volumes=np.array(
            [tick.volume if tick.HasField("volume") else np.nan for tick in ticks],
            dtype=np.float64,
        ),
    )


def _instants_of(times: Iterable[Timestamp]) -> IntegerArray:
    return np.array([1_000_000 * t.seconds + t.nanos // 1000 for t in times], dtype=np.int64)


def _are_of_the_calendar(instants: IntegerArray) -> BoolArray:
    seconds = instants // 1_000_000
    within: BoolArray = (seconds >= _FIRST_SECOND) & (seconds <= _LAST_SECOND)
    return within
