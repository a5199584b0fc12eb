"""Opens a file, sees what it is, and reads it with the reader that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.snapshots import cboe_csv, nse_csv, nse_json
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile, SnapshotHints
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import SourceFormatError

LARGEST_FILE: Final = 256 * 2**20
"""Bytes; an option chain has a few million at most."""

_EXPECTED: Final = (
    "expected NSE option-chain JSON, the CSV of NSE's website (its first row is CALLS,,PUTS) or"
    " the CSV of CBOE's quote table (a row begins with Expiration Date,Calls); pass the file as"
    " the exchange gave it, or a folder of such files"
)


@dataclass(frozen=True, slots=True)
class _Reader:
    fits: Callable[[str], bool]
    read: Callable[[SnapshotFile], Snapshot]


_READERS: Final = (
    _Reader(nse_json.fits, nse_json.read),
    _Reader(nse_csv.fits, nse_csv.read),
    _Reader(cboe_csv.fits, cboe_csv.read),
)


def open_file(path: Path, hints: SnapshotHints, calendars: Calendars | None = None) -> SnapshotFile:
    """Read a file as text.

    Args:
        path: the file.
        hints: what it may not state itself.
        calendars: of the exchanges; None is those of this release.

    Raises:
        SourceFormatError: it cannot be read, is too large, or is no text.
    """
    try:
        status = path.stat()
        if status.st_size > LARGEST_FILE:
            raise SourceFormatError(
                f"{path} has {status.st_size / 2**20:.0f} MiB and is taken for no snapshot:"
                f" expected at most {LARGEST_FILE // 2**20} MiB; split it into single snapshots"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceFormatError(
            f"{path} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except UnicodeDecodeError:
        raise SourceFormatError(
            f"{path} is no snapshot: it is taken for a binary or packed file, being no UTF-8 text;"
            f" {_EXPECTED}"
        ) from None
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    return SnapshotFile(
        path=path,
        text=text,
        modified=modified,
        hints=hints,
        calendars=calendars or shipped_calendars(),
    )


def read_snapshot(file: SnapshotFile) -> Snapshot:
    """Read the snapshot in a file; what cannot be used of it is counted in `file.skipped`.

    Raises:
        SourceFormatError: it is no snapshot.
    """
    for reader in _READERS:
        if reader.fits(file.text):
            return reader.read(file)
    beginning = file.text.strip()[:40]
    taken_for = f"text that begins with {beginning!r}" if beginning else "an empty file"
    raise file.refusal(f"is no snapshot: it is taken for {taken_for}; {_EXPECTED}")
