"""Ticks of the contract as the columns that candles are made of."""

from collections.abc import Sequence
from itertools import chain
from math import isfinite
from typing import Final

import numpy as np

from deltastream.domain.candles.ticks import Ticks
from deltastream.market.v1 import tick_pb2

_LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second of a Timestamp."""


def are_possible(ticks: Sequence[tick_pb2.UnderlyingTick], *, product: str) -> bool:
    """Say whether storage would take these ticks of one bus entry as ticks of the product.

    It refuses an entry as a whole, and so must the candles.
    """
    return all(
        tick.product == product
        and tick.sequence > 0
        and isfinite(tick.price)
        and tick.price > 0
        and isfinite(tick.volume)
        and tick.volume >= 0
        and tick.HasField("timestamp")
        and abs(tick.timestamp.seconds) <= _LAST_SECOND
        for tick in ticks
    )


def columns_of(batches: Sequence[Sequence[tick_pb2.UnderlyingTick]]) -> Ticks:
    """Put the ticks of one product into columns."""
    ticks = list(chain.from_iterable(batches))
    times = [(tick.timestamp.seconds, tick.timestamp.nanos // 1000) for tick in ticks]
    return Ticks(
        times=np.array([1_000_000 * seconds + micros for seconds, micros in times], dtype=np.int64),
        sequences=np.array([tick.sequence for tick in ticks], dtype=np.int64),
        prices=np.array([tick.price for tick in ticks], dtype=np.float64),
        volumes=np.array(
            [tick.volume if tick.HasField("volume") else np.nan for tick in ticks],
            dtype=np.float64,
        ),
    )
