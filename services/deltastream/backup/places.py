"""Where the files of a backup belong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deltastream.backup.errors import BackupError
from deltastream.backup.holdings import Holdings
from deltastream.backup.manifest import FileEntry, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file of a backup belongs.

    Attributes:
        entry: the file, as the manifest has it.
        target: where it belongs.
        private: whether only its user may read it there.
    """

    entry: FileEntry
    target: Path
    private: bool

    @property
    def draft(self) -> Path:
        """Where it is until it takes its place."""
        return self.target.with_name(f".{self.target.name}.restoring")


def places_of(holdings: Holdings, manifest: Manifest) -> Iterator[Place]:
    """Yield where each file of a backup belongs.

    Raises:
        BackupError: one belongs nowhere here, or this program is too old for it.
    """
    databases = {each.name: each for each in holdings.databases}
    for entry in manifest.files:
        if (held := databases.get(entry.name)) is not None:
            if held.path is None:
                raise BackupError(
                    f"{held.resource.url_variable} says that what {entry.name} holds is kept"
                    " elsewhere; unset it, or name a file there"
                )
            if entry.database is None or entry.database.version > len(held.schema.migrations):
                raise BackupError(
                    f"{entry.name} was written by version {manifest.program}, which is newer than"
                    " this program; upgrade first"
                )
            yield Place(entry=entry, target=held.path, private=held.private)
        elif (key := holdings.key_path(entry.name)) is not None:
            yield Place(entry=entry, target=key, private=True)
        else:
            raise BackupError(f"this program does not know what {entry.name} is; upgrade first")


def other_keys(holdings: Holdings, places: Sequence[Place]) -> Sequence[Path]:
    """Return the keys that are not of the backup: with both, a newer one would go on signing."""
    restored = {place.target for place in places if place.entry.database is None}
    return [path for _, path in holdings.key_paths() if restored and path not in restored]
