"""Counting in this process."""

import time
from collections.abc import Callable
from typing import Final

from deltastream.edge.limits.counting import Counter
from deltastream.edge.limits.rates import Rate, Standing

_MOST_BUCKETS: Final = 100_000


class MemoryCounter(Counter):
    """Buckets of tokens, each kept as one number: the moment at which it is full again.

    A full bucket is forgotten. When there are as many as may be and all are in use, the half
    that was made first is forgotten too: who has so many addresses gains some tokens, and costs
    no more memory.

    Args:
        monotonic: the time in seconds.
        most: the most buckets kept.
    """

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, most: int = _MOST_BUCKETS
    ) -> None:
        self._monotonic = monotonic
        self._most = most
        self._full_at: dict[tuple[str, str], float] = {}

    async def take(self, rate: Rate, key: str) -> Standing:
        """Take one token, if there is one."""
        return self.take_now(rate, key)

    def take_now(self, rate: Rate, key: str) -> Standing:
        """Take one token, if there is one; nothing is waited for."""
        now = self._monotonic()
        each = rate.token_seconds
        bucket = (rate.name, key)
        used = max(self._full_at.get(bucket, now) - now, 0.0)
        # The last token is whole also where seconds do not add up to the last digit.
        over = used + each - rate.burst * each
        if over > each * 1e-6:
            return Standing(rate, 0, used, over)
        if bucket not in self._full_at and len(self._full_at) >= self._most:
            self._forget(now)
        self._full_at[bucket] = now + used + each
        return Standing(rate, int(-over / each + 1e-6), used + each, 0.0)

    async def close(self) -> None:
        """Do nothing: memory needs no closing."""

    def _forget(self, now: float) -> None:
        in_use = [(bucket, full_at) for bucket, full_at in self._full_at.items() if full_at > now]
        self._full_at = dict(in_use[-self._most // 2 :])
