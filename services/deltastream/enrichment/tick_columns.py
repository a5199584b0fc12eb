"""Ticks of the contract as the columns that candles are made of."""

from collections.abc import Iterable, Sequence
from math import inf

import numpy as np

from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.instants import FIRST_INSTANT, LAST_INSTANT
from deltastream.domain.tick_table import TickTable
from deltastream.market.v1 import tick_pb2
from deltastream.runtime.codec.ticks import decode_ticks


def possible_columns_of(ticks: Sequence[tick_pb2.UnderlyingTick], *, product: str) -> Ticks | None:
    """Put ticks of one bus entry into columns; None if storage would not take them.

    It refuses an entry as a whole, and so must the candles.

    Args:
        ticks: what the entry has, at least one.
        product: whose ticks it has to have.
    """
    table = decode_ticks(ticks)
    # A time that is not stated is decoded to 0.
    timed = all(table.timestamps) or all(tick.HasField("timestamp") for tick in ticks)
    if not timed or set(table.products) != {product} or min(table.sequences) < 1:
        return None
    if not (_are_of_the_calendar(table.timestamps) and _are_of_the_calendar(table.processed_at)):
        return None
    if not all(volume is None or 0.0 <= volume < inf for volume in table.volumes):
        return None
    try:
        columns = _columns(table)
    except OverflowError:
        return None
    possible = (columns.prices > 0.0) & (columns.prices < inf)
    return columns if possible.all() else None


def columns_of(ticks: Sequence[tick_pb2.UnderlyingTick]) -> Ticks:
    """Put the ticks of one product into columns.

    Raises:
        OverflowError: a time or a sequence is none that can be counted with.
    """
    return _columns(decode_ticks(ticks))


def _columns(table: TickTable) -> Ticks:
    return Ticks(
        times=np.array(table.timestamps, dtype=np.int64),
        sequences=np.array(table.sequences, dtype=np.int64),
        prices=np.array(table.prices, dtype=np.float64),
        # None becomes NaN.
        volumes=np.array(table.volumes, dtype=np.float64),
    )


def _are_of_the_calendar(instants: Iterable[int | None]) -> bool:
    stated = [instant for instant in instants if instant is not None]
    return not stated or (min(stated) >= FIRST_INSTANT and max(stated) <= LAST_INSTANT)
