"""Takes a backup, while the mesh runs or not."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from deltastream.adapters.sqlite.copying import copy_database
from deltastream.adapters.sqlite.failures import DatabaseUnusableError
from deltastream.auth.keys import SigningKeyError, read_key
from deltastream.backup.errors import BackupError
from deltastream.backup.files import copy_file, make_empty, sha256_of, synced
from deltastream.backup.holdings import HeldDatabase, Holdings
from deltastream.backup.manifest import FileEntry, Manifest
from deltastream.runtime.version import installed_version


def take_backup(holdings: Holdings, folder: Path, *, began: datetime, with_keys: bool) -> Manifest:
    """Copy all there is into a folder that appears when it is whole.

    Args:
        holdings: what there may be.
        folder: is made, and must not exist.
        began: the present.
        with_keys: copy the private keys too.

    Raises:
        BackupError: the folder exists or cannot be written, there is nothing to copy, or what
            there is cannot be copied.
    """
    try:
        with _appearing_whole(folder) as draft:
            files = [*_databases(holdings, draft)]
            if with_keys:
                files += _keys(holdings, draft)
            if not files:
                raise BackupError("there is nothing to copy in that data directory")
            manifest = Manifest(
                began=began,
                program=installed_version(),
                files=tuple(files),
                elsewhere={
                    str(each.resource): each.scheme
                    for each in holdings.databases
                    if each.is_elsewhere
                },
            )
            manifest.write(draft)
    except (DatabaseUnusableError, SigningKeyError) as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"cannot write {folder}: {error}") from error
    return manifest


@contextmanager
def _appearing_whole(folder: Path) -> Iterator[Path]:
    """Yield a folder that gets its name when the block is done; what failed leaves nothing.

    What was killed leaves a hidden folder without a manifest.
    """
    if folder.exists() or folder.is_symlink():
        raise BackupError(f"{folder} exists; name a folder that does not")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.unfinished-", dir=folder.parent))
    try:
        yield draft
        synced([*draft.rglob("*"), draft])
        draft.rename(folder)
        synced([folder.parent])
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _databases(holdings: Holdings, draft: Path) -> Iterator[FileEntry]:
    for database in holdings.databases:
        if database.path is not None and database.path.exists():
            yield _database(database, database.path, draft / database.name)


def _database(database: HeldDatabase, source: Path, target: Path) -> FileEntry:
    # All in a backup is for its owner alone, whatever it is in the mesh.
    make_empty(target, private=True)
    facts = copy_database(source, target)
    if facts.application_id != database.schema.application_id:
        raise BackupError(f"{source} is the database of something else")
    return FileEntry(
        name=database.name,
        size=target.stat().st_size,
        sha256=sha256_of(target),
        database=facts,
    )


def _keys(holdings: Holdings, draft: Path) -> Iterator[FileEntry]:
    for name, source in holdings.key_paths():
        read_key(source)
        target = draft / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        checksum = copy_file(source, target, private=True)
        yield FileEntry(name=name, size=target.stat().st_size, sha256=checksum)
