"""A file or a folder of snapshots, in the order of their time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

from deltastream.adapters.source.snapshots.recognition import open_file, read_snapshot
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotHints
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.events import MarketEvent, OptionChain, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.ports.source import SkippedRecords

Track = Callable[[Sequence[Path]], Iterable[Path]]
"""Passes paths on, and sees how far the reading is."""

_SUFFIXES: Final = frozenset({".json", ".csv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What was recorded at one instant: ticks first, then chains by product and expiry."""

    timestamp: datetime
    ticks: Sequence[UnderlyingTick]
    chains: Sequence[OptionChain]

    def events(self, *, later: timedelta) -> list[MarketEvent]:
        """Return the events as if they had happened so much later."""
        moment = self.timestamp + later
        return [
            *(replace(tick, timestamp=moment) for tick in self.ticks),
            *(replace(chain, timestamp=moment) for chain in self.chains),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that a replay plays. It stays in memory, at 88 bytes a listed leg.

    Attributes:
        products: by symbol, each as its latest snapshot describes it.
        frames: one an instant, ascending; never empty.
        skipped: what could not be used.
    """

    products: Sequence[Product]
    frames: Sequence[Frame]
    skipped: SkippedRecords = field(default_factory=SkippedRecords)


def load_recording(
    path: Path,
    *,
    hints: SnapshotHints,
    pick: frozenset[str],
    calendars: Calendars | None = None,
    track: Track = iter,
) -> Recording:
    """Read a snapshot file, or all *.json and *.csv files of a folder.

    A file of a folder that is no snapshot is left out and counted. Snapshots of products that
    are not picked are left out silently; an empty `pick` takes all.

    Args:
        path: the file or folder.
        hints: what files do not state themselves.
        pick: symbols of the products that are wanted.
        calendars: of the exchanges; None is those of this release.
        track: passes the paths of a folder on, one as soon as the one before has been read.

    Raises:
        SourceFormatError: there is no snapshot, or none of a picked product.
    """
    skipped = SkippedRecords()
    reading = _Reading(hints=hints, calendars=calendars, skipped=skipped)
    snapshots = _read_all(path, reading, track)
    picked = [one for one in snapshots if not pick or one.product.symbol in pick]
    if not picked:
        held = ", ".join(sorted({one.product.symbol for one in snapshots}))
        raise SourceFormatError(
            f"{path} holds snapshots of {held} and none of {', '.join(sorted(pick))}; ask for a"
            " product that it holds"
        )
    in_order = sorted(picked, key=lambda one: (one.timestamp, one.path.name))
    products = {one.product.symbol: one.product for one in in_order}
    return Recording(
        products=[products[symbol] for symbol in sorted(products)],
        frames=_frames(in_order, skipped),
        skipped=skipped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """How files are read, and what could not be used of those that were."""

    hints: SnapshotHints
    calendars: Calendars | None
    skipped: SkippedRecords

    def read(self, path: Path) -> Snapshot:
        file = open_file(path, self.hints, self.calendars)
        snapshot = read_snapshot(file)
        # Only now: of a file that is refused, nothing but the file itself is counted.
        self.skipped.counts.update(file.skipped.counts)
        for reason, example in file.skipped.examples.items():
            self.skipped.examples.setdefault(reason, example)
        return snapshot


def _read_all(path: Path, reading: _Reading, track: Track) -> list[Snapshot]:
    if path.is_dir():
        return _read_folder(path, reading, track)
    if path.exists() and not path.is_file():
        raise SourceFormatError(
            f"{path} is taken for a device or pipe: expected a snapshot file or a folder of them"
        )
    return [reading.read(path)]


def _read_folder(folder: Path, reading: _Reading, track: Track) -> list[Snapshot]:
    paths = _snapshot_paths(folder)
    snapshots: list[Snapshot] = []
    refusals: list[SourceFormatError] = []
    for path in track(paths):
        try:
            snapshots.append(reading.read(path))
        except SourceFormatError as refusal:
            reading.skipped.add(SkipReason.NOT_A_SNAPSHOT.value, str(refusal))
            refusals.append(refusal)
    if not snapshots:
        why = f"the first of {len(refusals)} files: {refusals[0]}" if refusals else "it is empty"
        raise SourceFormatError(
            f"{folder} is taken for a folder of snapshots and has none among its *.json and"
            f" *.csv files; {why}"
        )
    return snapshots


def _snapshot_paths(folder: Path) -> list[Path]:
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in _SUFFIXES and not path.is_dir()
        )
    except OSError as error:
        raise SourceFormatError(
            f"{folder} cannot be listed ({error.strerror}); check its permissions"
        ) from error


def _frames(in_order: Iterable[Snapshot], skipped: SkippedRecords) -> list[Frame]:
    return [
        _frame(timestamp, list(together), skipped)
        for timestamp, together in groupby(in_order, key=attrgetter("timestamp"))
    ]


def _frame(timestamp: datetime, snapshots: Sequence[Snapshot], skipped: SkippedRecords) -> Frame:
    """Join the snapshots of one instant: NSE's v3 requests give a file an expiry."""
    ticks: dict[str, UnderlyingTick] = {}
    chains: dict[tuple[str, date], OptionChain] = {}
    for snapshot in snapshots:
        symbol = snapshot.product.symbol
        if snapshot.spot_price is not None:
            ticks[symbol] = UnderlyingTick(
                product=symbol, price=snapshot.spot_price, timestamp=timestamp
            )
        for chain in snapshot.chains:
            if (symbol, chain.expiry) in chains:
                example = f"{snapshot.path.name}: {symbol} {chain.expiry}"
                skipped.add(SkipReason.REPEATED_CHAIN.value, example)
            else:
                chains[symbol, chain.expiry] = chain
    return Frame(
        timestamp=timestamp,
        ticks=[ticks[symbol] for symbol in sorted(ticks)],
        chains=[chains[key] for key in sorted(chains)],
    )
