"""A snapshot file, before and after it is read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError, SourceFormatError
from deltastream.domain.events import OptionChain
from deltastream.domain.instruments import PRODUCT_PATTERN, Product
from deltastream.ports.source import SkippedRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotHints:
    """What the user knows of files that do not state it themselves.

    Attributes:
        product: symbol of the underlying, upper case.
        expiry: the one expiry that a website CSV lists.
        timestamp: when the snapshots were taken; aware.

    Raises:
        InvalidValueError: the symbol is none, or the timestamp has no time zone.
    """

    product: str | None = None
    expiry: date | None = None
    timestamp: datetime | None = None

    def __post_init__(self) -> None:
        if self.product is not None and not PRODUCT_PATTERN.fullmatch(self.product):
            raise InvalidValueError("product", f"{self.product!r} is no symbol such as 'NIFTY'")
        if self.timestamp is not None and self.timestamp.tzinfo is None:
            raise InvalidValueError("timestamp", f"{self.timestamp} states no time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFile:
    """A file that may hold a snapshot.

    Attributes:
        modified: when the file was last written, UTC.
        calendars: tell when options expire and when quotes were last made; by default those of
            this release.
        skipped: what of it could not be used, so far.
    """

    path: Path
    text: str
    modified: datetime
    hints: SnapshotHints
    calendars: Calendars = field(default_factory=shipped_calendars)
    skipped: SkippedRecords = field(default_factory=SkippedRecords)

    @property
    def assumed_timestamp(self) -> datetime:
        """When the snapshot was taken, for a file that does not say."""
        return self.hints.timestamp or self.modified

    def skip(self, reason: SkipReason, place: str) -> None:
        """Count a record or field that is left out; `place` says where it stands."""
        self.skipped.add(reason.value, f"{self.path.name}: {place}")

    def refusal(self, problem: str) -> SourceFormatError:
        """Make the error that says why this file is no usable snapshot."""
        return SourceFormatError(f"{self.path} {problem}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """All chains of one product at one time.

    Attributes:
        timestamp: the exchange's time, UTC.
        spot_price: price of the underlying; None when the file does not state it.
        chains: one an expiry, ascending; never empty.
    """

    path: Path
    product: Product
    timestamp: datetime
    spot_price: float | None
    chains: tuple[OptionChain, ...]
