"""Puts a backup back, where no mesh runs.

All is copied beside its place and compared with the manifest first. Then what is there gets a
second name, and only then each new file takes its place, in one step each. Whoever is killed
meanwhile leaves every file whole, and the old ones to be found.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from deltastream.adapters.sqlite.copying import fold_log_in
from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.backup.errors import BackupError
from deltastream.backup.files import copy_file, synced
from deltastream.backup.holdings import Holdings
from deltastream.backup.manifest import Manifest
from deltastream.backup.places import Place, other_keys, places_of

_WRITE_AHEAD_LOG: Final = "-wal"
_INDEX_OF_THE_LOG: Final = "-shm"
_STAMP: Final = "%Y%m%dT%H%M%S.%fZ"


def restore_backup(
    holdings: Holdings, folder: Path, *, now: datetime, with_keys: bool
) -> Sequence[Path]:
    """Put every file of a backup where it belongs; return where what was there is kept.

    Nobody else may use the data directory meanwhile.

    Args:
        holdings: where things belong.
        folder: the backup.
        now: the present; names what is kept.
        with_keys: restore the private keys too, if the backup has them.

    Raises:
        BackupError: the folder is no backup or a damaged one, or a newer program made it; a
            process has a database open; or a file cannot be written.
    """
    manifest = Manifest.read(folder)
    places = [place for place in places_of(holdings, manifest) if with_keys or place.entry.database]
    gone = other_keys(holdings, places)
    try:
        with _beside(folder, places):
            return _exchange(places, gone, suffix=f".replaced-{now.strftime(_STAMP)}")
    except DatabaseUnusableError as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"cannot restore {folder}: {error}") from error


@contextmanager
def _beside(folder: Path, places: Sequence[Place]) -> Iterator[None]:
    """Have all copied beside where it belongs, compared with the manifest, while the block runs."""
    try:
        for place in places:
            place.target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.draft.unlink(missing_ok=True)
            checksum = copy_file(folder / place.entry.name, place.draft, private=place.private)
            if checksum != place.entry.sha256:
                raise BackupError(
                    f"the backup {folder} is damaged: {place.entry.name} is not as it was made"
                )
        yield
    finally:
        for place in places:
            place.draft.unlink(missing_ok=True)


def _exchange(places: Sequence[Place], gone: Sequence[Path], *, suffix: str) -> Sequence[Path]:
    folders = sorted({path.parent for path in (*(place.target for place in places), *gone)})
    kept = [*_keep(places, gone, suffix)]
    try:
        for place in places:
            if place.entry.database and place.target.exists():
                fold_log_in(place.target)
    except DatabaseUnusableError:
        for path in kept:
            path.unlink()
        raise
    synced(folders)
    for place in places:
        for log in (_WRITE_AHEAD_LOG, _INDEX_OF_THE_LOG):
            # A log that is beside a database that it is not of would be applied to it.
            _beside_database(place.target, log).unlink(missing_ok=True)
        place.draft.replace(place.target)
    for path in gone:
        path.unlink()
    synced(folders)
    return kept


def _keep(places: Sequence[Place], gone: Sequence[Path], suffix: str) -> Iterator[Path]:
    """Give all that will be replaced a second name, under which SQLite finds a log of it too."""
    for path in (*(place.target for place in places), *gone):
        kept = path.with_name(path.name + suffix)
        log, kept_log = (_beside_database(each, _WRITE_AHEAD_LOG) for each in (path, kept))
        for original, second in ((path, kept), (log, kept_log)):
            if original.exists():
                second.hardlink_to(original)
                yield second


def _beside_database(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)
