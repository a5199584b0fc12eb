"""The feed's numbering: unique and increasing, across restarts too."""

from deltastream.ports.clock import Clock


class SequenceCounter:
    """Hands out sequences: microseconds since 1970, or one more than the last if that is greater.

    They are readable as times, need no storage, and go on increasing after a restart even if the
    clock was set back, because `above` starts from what the bus has seen.
    """

    def __init__(self, clock: Clock, *, above: int) -> None:
        self._clock = clock
        self._last = above

    def advance(self, above: int) -> None:
        """Go on above a sequence, if that is greater: another feed may have written meanwhile."""
        self._last = max(self._last, above)

    def take(self, count: int) -> int:
        """Reserve `count` consecutive sequences and return the first."""
        first = max(self._last + 1, int(self._clock().timestamp() * 1_000_000))
        self._last = first + count - 1
        return first
