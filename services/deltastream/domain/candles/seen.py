"""Which ticks have been counted."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from deltastream.domain.arrays import BoolArray
from deltastream.domain.candles.ticks import IntegerArray, Ticks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """Ticks that came together: their sequences, ascending, and the greatest of their times."""

    sequences: IntegerArray
    newest: int


class SeenTicks:
    """Remembers ticks by their sequence until they are too old to be counted again.

    Bounded by what comes within the allowed lateness. Ticks normally come by ascending sequence:
    then nothing is searched.
    """

    def __init__(self) -> None:
        self._runs: deque[_Run] = deque()
        self._greatest = -1

    def fresh(self, sequences: IntegerArray) -> BoolArray:
        """Say which of some ascending sequences are not remembered."""
        fresh = np.ones(len(sequences), dtype=bool)
        if not len(sequences) or sequences[0] > self._greatest:
            return fresh
        for run in self._runs:
            if run.sequences[0] <= sequences[-1] and sequences[0] <= run.sequences[-1]:
                fresh &= ~np.isin(sequences, run.sequences, assume_unique=True)
        return fresh

    def add(self, ticks: Ticks) -> None:
        """Remember ticks, given by ascending sequence; at least one."""
        self._runs.append(_Run(sequences=ticks.sequences, newest=int(ticks.times.max())))
        self._greatest = max(self._greatest, int(ticks.sequences[-1]))

    def forget(self, before: int) -> None:
        """Forget ticks of a time before this, microseconds."""
        while self._runs and self._runs[0].newest < before:
            self._runs.popleft()
