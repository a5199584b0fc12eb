"""Ticks of one product as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray

IntegerArray = NDArray[np.int64]
"""Whole numbers: instants, sequences, counts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ticks:
    """Ticks of one product: parallel arrays of shape (ticks,), in any order.

    Attributes:
        times: event times, microseconds since 1970-01-01T00:00:00Z.
        sequences: the identity of each tick; ticks of one sequence are one tick.
        prices: positive and finite.
        volumes: quantity traded; NaN where the source does not state it.
    """

    times: IntegerArray
    sequences: IntegerArray
    prices: FloatArray
    volumes: FloatArray

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the ticks of several, at least one, one after the other."""
        return cls(
            times=np.concatenate([part.times for part in parts]),
            sequences=np.concatenate([part.sequences for part in parts]),
            prices=np.concatenate([part.prices for part in parts]),
            volumes=np.concatenate([part.volumes for part in parts]),
        )

    def take(self, which: BoolArray | IntegerArray) -> "Ticks":
        """Return some of the ticks, by mask or by position."""
        return Ticks(
            times=self.times[which],
            sequences=self.sequences[which],
            prices=self.prices[which],
            volumes=self.volumes[which],
        )

    def distinct(self) -> "Ticks":
        """Return each tick once, by ascending sequence."""
        if np.all(self.sequences[1:] > self.sequences[:-1]):
            return self
        _, first = np.unique(self.sequences, return_index=True)
        return self.take(first)
