"""Keeps the candles of one product: ticks go in, however they come; what has changed comes out."""

from collections.abc import Iterable
from math import gcd
from typing import Final

from deltastream.domain.candles.kernel import partials_of
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.open_window import OpenWindow
from deltastream.domain.candles.seen import SeenTicks
from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.candles.version import Version
from deltastream.domain.candles.watermark import Watermark
from deltastream.domain.candles.windows import LENGTHS, MINUTE, window_start
from deltastream.domain.events import Candle
from deltastream.domain.instants import instant_of

_UNIT: Final = gcd(*LENGTHS) * MINUTE
_LONGEST: Final = max(LENGTHS) * MINUTE


class CandleBook:
    """Candles of all lengths of one product.

    A tick is counted once, by its sequence. As long as none is later than the policy allows, the
    candles are the same in whatever batches the ticks come, in any order, split anyhow and with
    repetitions: open, high, low, close and count to the last bit, the rest as `merge` states. Only
    how often a candle was told final, its revision, depends on when its ticks came.

    A candle is provisional until the watermark passes the end of its window, and then final. A
    tick that comes later, but not too late, makes a final candle of the next revision. One that
    is too late is left out of all lengths alike, so that they stand on the same ticks.

    It holds the windows and ticks that a punctual tick can still concern, and nothing older.
    Times of processing (`now`) are seconds of any clock that never goes back.

    Attributes:
        dropped: how many ticks came too late. A repetition that old counts as well.
    """

    def __init__(self, *, product: str, policy: LatenessPolicy) -> None:
        self._product = product
        self._policy = policy
        self._watermark = Watermark(policy)
        self._seen = SeenTicks()
        self._windows: dict[tuple[int, int], OpenWindow] = {}
        self._just_restored = False
        # Where the watermark stood when candles were last settled; None if ticks came since.
        self._looked_at: int | None = None
        self.dropped = 0

    def apply(self, ticks: Ticks, *, now: float) -> list[Candle]:
        """Count ticks, and return the newest version of every candle that has changed."""
        distinct = ticks.distinct()
        fresh = distinct.take(self._seen.fresh(distinct.sequences))
        if not len(fresh):
            return []
        self._seen.add(fresh)
        left = self._leave() if self._is_set_back(fresh) else []
        punctual = fresh.take(self._watermark.punctual(fresh.times))
        self.dropped += len(fresh) - len(punctual)
        if not len(punctual):
            return left
        self._count(punctual)
        self._watermark.observe(int(punctual.times.max()), now=now)
        self._looked_at = None
        changed = self.pass_time(now=now)
        self._forget()
        return left + changed

    def pass_time(self, *, now: float) -> list[Candle]:
        """Return the candles that have become final although no tick has come."""
        watermark = self._watermark.at(now)
        # While ticks come it stands still between them, and this is asked many times a second.
        if watermark is None or watermark == self._looked_at:
            return []
        self._looked_at = watermark
        return self._changes(watermark)

    def restore(self, told: Iterable[Candle], ticks: Ticks, *, now: float) -> list[Candle]:
        """Go on where an earlier book of this product ended; only a new book can.

        Args:
            told: versions of candles that the earlier one told, of at least the open windows.
            ticks: what it counted in the windows still open, and all else of their time.
            now: seconds.

        Returns:
            What the ticks change in what was told.
        """
        for candle in told:
            window = self._window(candle.window_minutes, instant_of(candle.start))
            window.recall(Version.of(candle))
        changed = self.apply(ticks, now=now)
        # What is too late among them was so before, and has been counted then.
        self.dropped = 0
        self._just_restored = True
        return changed

    def _is_set_back(self, fresh: Ticks) -> bool:
        """Say whether the source now tells of another time than before the restart.

        A replay after a live market would else be too late as a whole. Only the first ticks after
        a restart can say so: at any other time, a tick so old is but late.
        """
        horizon = self._watermark.horizon
        first, self._just_restored = self._just_restored, False
        return first and horizon is not None and int(fresh.times.max()) < horizon - _LONGEST

    def _leave(self) -> list[Candle]:
        """Settle everything and start over: no more ticks of that time will come."""
        changed = self._changes(max((window.end for window in self._windows.values()), default=0))
        self._windows.clear()
        self._watermark = Watermark(self._policy)
        return changed

    def _count(self, ticks: Ticks) -> None:
        for start, partial in partials_of(ticks, length=_UNIT).by_start():
            for minutes in LENGTHS:
                self._window(minutes, window_start(start, minutes * MINUTE)).add(partial)

    def _window(self, minutes: int, start: int) -> OpenWindow:
        fresh = OpenWindow(minutes=minutes, start=start)
        return self._windows.setdefault((start, minutes), fresh)

    def _changes(self, watermark: int) -> list[Candle]:
        """Return the next version of each candle that has one, oldest window first."""
        windows = (window for _, window in sorted(self._windows.items()))
        candles = (w.next_candle(self._product, over=w.end <= watermark) for w in windows)
        return [candle for candle in candles if candle is not None]

    def _forget(self) -> None:
        horizon = self._watermark.horizon
        if horizon is None:
            return
        self._seen.forget(horizon)
        self._windows = {key: w for key, w in self._windows.items() if w.end > horizon}
