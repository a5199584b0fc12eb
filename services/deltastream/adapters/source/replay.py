"""The replay source: captured exchange snapshots, played as they were recorded."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.snapshots.recording import Recording, load_recording
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import MarketEvent
from deltastream.domain.instruments import Product
from deltastream.domain.session import UNKNOWN_MARKET, MarketState, SourceKind
from deltastream.ports.clock import Clock
from deltastream.ports.source import SkippedRecords

Sleep = Callable[[float], Awaitable[None]]

LOOP_PAUSE: Final = timedelta(seconds=5)
"""Recorded time from the last frame of a pass to the first of the next."""


def open_replay(
    path: Path,
    *,
    speed: float,
    loop: bool,
    clock: Clock,
    sleep: Sleep,
    hints: SnapshotHints,
    pick: frozenset[str],
    calendars: Calendars | None = None,
) -> "ReplaySource":
    """Read a snapshot file or a folder of them, at once and whole.

    Args:
        path: the file or folder.
        speed: recorded seconds per second; 0 or infinity is as fast as possible.
        loop: start again after the last snapshot, for ever.
        clock: tells how late the replay is.
        sleep: waits a number of seconds.
        hints: what the files do not state themselves.
        pick: symbols of the products to replay; empty takes all.
        calendars: of the exchanges; None is those of this release.

    Raises:
        SourceFormatError: nothing there can be replayed; the message says why and what to do.
        InvalidValueError: the speed is negative or not a number.
    """
    if math.isnan(speed) or speed < 0:
        raise InvalidValueError("speed", f"{speed} is negative or no number")
    known = calendars or shipped_calendars()
    recording = load_recording(path, hints=hints, pick=pick, calendars=known)
    pace = Pace(speed=speed, clock=clock, sleep=sleep)
    return ReplaySource(path=path, recording=recording, pace=pace, loop=loop, calendars=known)


class ReplaySource:
    """Plays a recording once, or for ever.

    Each instant of the recording is one batch: a tick of each product whose spot price is stated,
    then a chain an expiry. Played once, timestamps are those of the recording. Looped, the first
    pass keeps them, and each further pass adds the recorded span and LOOP_PAUSE to those of the
    pass before: time moves forward, and no chain repeats product, expiry and timestamp. Expiries
    stay where they are.

    The market's session is that of the recorded time of the newest frame, in every pass.
    """

    kind = SourceKind.REPLAY

    def __init__(
        self, *, path: Path, recording: Recording, pace: "Pace", loop: bool, calendars: Calendars
    ) -> None:
        self.products: Sequence[Product] = recording.products
        self.skipped: SkippedRecords = recording.skipped
        self.exhausted = False
        self.description = _describe(path, recording)
        self._frames = recording.frames
        self._pace = pace
        self._loop = loop
        self._calendars = {
            product.symbol: calendars.get(product.exchange) for product in recording.products
        }
        self._reached: datetime | None = None

    def market(self, product: str, now: datetime) -> MarketState:  # noqa: ARG002 - no now recorded
        """Say whether the market traded when the newest frame was recorded.

        When that changes depends on the frames to come, and is not said.
        """
        calendar = self._calendars.get(product)
        if calendar is None or self._reached is None:
            return UNKNOWN_MARKET
        return MarketState(session=calendar.session(self._reached))

    def notices(self, now: datetime) -> Sequence[str]:  # noqa: ARG002 - as above
        """Say nothing: calendars of the past do not end soon."""
        return ()

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        """Yield a batch an instant, when it is due; the first at once.

        A batch that is taken late is followed by the next without delay until the replay has
        caught up: its speed holds on average.
        """
        begin = self._frames[0].timestamp
        self._pace.start()
        for later in self._passes():
            for frame in self._frames:
                await self._pace.until((frame.timestamp + later - begin).total_seconds())
                self._reached = frame.timestamp
                yield frame.events(later=later)
        self.exhausted = True

    def _passes(self) -> Iterator[timedelta]:
        """Yield how much later than recorded each pass happens."""
        period = self._frames[-1].timestamp - self._frames[0].timestamp + LOOP_PAUSE
        return (number * period for number in (count() if self._loop else range(1)))


class Pace:
    """Waits until a recorded moment is due."""

    def __init__(self, *, speed: float, clock: Clock, sleep: Sleep) -> None:
        """Play at `speed` recorded seconds per second; 0 or infinity never waits."""
        self._speed = speed or math.inf
        self._clock = clock
        self._sleep = sleep
        self._started = clock()
        self._reached = 0.0

    def start(self) -> None:
        """Make now the beginning of the recording."""
        self._started = self._clock()
        self._reached = 0.0

    async def until(self, recorded: float) -> None:
        """Return when `recorded` seconds of the recording have passed since the start.

        Never waits longer than since the moment before, even if the clock was set back. Lets
        other tasks run in any case.
        """
        due = recorded / self._speed
        elapsed = (self._clock() - self._started).total_seconds()
        wait = min(due - elapsed, due - self._reached)
        self._reached = due
        await self._sleep(max(0.0, wait))


def _describe(path: Path, recording: Recording) -> str:
    symbols = ", ".join(product.symbol for product in recording.products)
    first, last = recording.frames[0].timestamp, recording.frames[-1].timestamp
    span = f"{first:%Y-%m-%d %H:%M:%SZ}"
    if last > first:
        span = f"{span} to {last:%Y-%m-%d %H:%M:%SZ}"
    return f"replay of {path.name}: {symbols}, recorded {span}"
