"""A window that may still change."""

from dataclasses import dataclass

from deltastream.domain.candles.partial import Partial, merge
from deltastream.domain.candles.version import Version, next_version
from deltastream.domain.candles.windows import MINUTE
from deltastream.domain.events import Candle
from deltastream.domain.instants import moment_of


@dataclass(slots=True, kw_only=True)
class OpenWindow:
    """What is in a window, and what has been told of it.

    Attributes:
        minutes: its length.
        start: its first instant, microseconds since 1970.
        partial: what its ticks say; None before the first.
        told: the newest version that has been told; None before the first.
    """

    minutes: int
    start: int
    partial: Partial | None = None
    told: Version | None = None

    @property
    def end(self) -> int:
        """The first instant after it."""
        return self.start + self.minutes * MINUTE

    def add(self, partial: Partial) -> None:
        """Count further ticks of this window."""
        self.partial = partial if self.partial is None else merge(self.partial, partial)

    def recall(self, version: Version) -> None:
        """Take a version for told, unless a newer one has been."""
        if self.told is None or version.rank > self.told.rank:
            self.told = version

    def next_candle(self, product: str, *, over: bool) -> Candle | None:
        """Return the next version, which then counts as told; None when nothing has changed.

        Args:
            product: whose candle it is.
            over: the watermark has passed the window's end.
        """
        if self.partial is None:
            return None
        version = next_version(self.told, count=self.partial.count, over=over)
        if version is None:
            return None
        self.told = version
        return Candle(
            product=product,
            window_minutes=self.minutes,
            start=moment_of(self.start),
            open=self.partial.open,
            high=self.partial.high,
            low=self.partial.low,
            close=self.partial.close,
            tick_count=self.partial.count,
            volume=self.partial.volume,
            mean=self.partial.mean,
            variance=self.partial.variance,
            final=version.final,
            revision=version.revision,
        )
