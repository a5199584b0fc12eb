"""How long updates took."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Latencies:
    """Seconds from an update's making to its arrival."""

    seconds: list[float] = field(default_factory=list)

    def add(self, updates: Iterable[Any]) -> None:
        """Note the arrival of messages whose `timestamp` says when they were made."""
        now = time.time()
        for update in updates:
            made = update.timestamp
            self.seconds.append(now - made.seconds - made.nanos / 1e9)

    def add_seconds(self, seconds: float) -> None:
        """Note how long one took."""
        self.seconds.append(seconds)

    def percentile(self, share: float) -> float:
        """Return the time that this share did not exceed.

        Raises:
            ValueError: nothing has arrived.
        """
        if not self.seconds:
            raise ValueError("nothing has arrived")
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.percentile(0.99)

    def __str__(self) -> str:
        if not self.seconds:
            return "none"
        median, p99 = (self.percentile(share) * 1e3 for share in (0.5, 0.99))
        return f"{len(self.seconds)}, p50 {median:.1f} ms, p99 {p99:.1f} ms"
