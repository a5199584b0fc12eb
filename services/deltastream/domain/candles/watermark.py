"""How far event time has come."""

from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.ticks import IntegerArray

_MICROSECONDS: Final = 1_000_000


class Watermark:
    """The time before which no more ticks are expected.

    It stays a fixed span behind the newest tick. When no tick has come for a while, event time is
    taken to have gone on with the clock since, or the candles before a close would never settle.
    Only elapsed time counts, not the time of day: the ticks may be of any year. That assumption
    settles candles and never makes a tick too late; the next tick withdraws it.
    """

    def __init__(self, policy: LatenessPolicy) -> None:
        self._policy = policy
        self._newest: int | None = None
        self._heard = 0.0

    @property
    def horizon(self) -> int | None:
        """The time before which a tick is too late, microseconds; None before the first tick."""
        return None if self._newest is None else self._newest - self._policy.reach

    def punctual(self, times: IntegerArray) -> BoolArray:
        """Say which ticks are not too late, given their times by ascending sequence.

        A tick is held against those of lower sequence alone: how ticks are split into batches
        makes no difference.
        """
        newest = times[:1] if self._newest is None else [self._newest]
        before = np.maximum.accumulate(np.concatenate([newest, times]))[:-1]
        return times >= before - self._policy.reach

    def observe(self, newest: int, *, now: float) -> None:
        """Take note of ticks, the newest of which has this time.

        Args:
            newest: microseconds.
            now: seconds, of any clock that never goes back.
        """
        self._newest = newest if self._newest is None else max(self._newest, newest)
        self._heard = now

    def at(self, now: float) -> int | None:
        """Return the watermark, microseconds; None before the first tick."""
        if self._newest is None:
            return None
        silent = now - self._heard
        passed = round(silent * _MICROSECONDS) if silent >= self._policy.idle else 0
        return self._newest + passed - self._policy.behind
