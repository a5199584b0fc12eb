"""The signing keys' files.

The first key is a file of its own, made at the first start or given by the operator. Each further
one is a file in a folder, and its name says from when on it signs: the files are all the state
that rotation has, and the clock says what they mean.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from deltastream.auth.key_ring import DatedKey, KeyRing
from deltastream.auth.keys import SigningKeyError, create_key, load_or_create_key, read_key

FOLDER: Final = "signing-keys"
_SUFFIX: Final = ".pem"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_PRIVATE_FOLDER: Final = 0o700
ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
"""From when on the first key signs."""

Fingerprint = Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFiles:
    """Where the keys are.

    Attributes:
        first: the first key, or one that the operator gives.
        folder: the keys made since.
    """

    first: Path
    folder: Path

    def load_or_create(self) -> KeyRing:
        """Read all keys, the first one made where there is none at all.

        Raises:
            SigningKeyError: a file is no Ed25519 key in PEM, or cannot be read or written.
        """
        if not self._dated():
            load_or_create_key(self.first)
        return self.load()

    def load(self) -> KeyRing:
        """Read all keys.

        Raises:
            SigningKeyError: there is none, or a file cannot be used.
        """
        keys = [DatedKey(key=read_key(path), signs_from=moment) for moment, path in self._dated()]
        if self.first.exists() or not keys:
            keys.insert(0, DatedKey(key=read_key(self.first), signs_from=ALWAYS))
        return KeyRing(keys=tuple(keys))

    def add(self, *, signs_from: datetime) -> DatedKey:
        """Make a key that signs from a moment on.

        Raises:
            SigningKeyError: a file cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
            self.folder.chmod(_PRIVATE_FOLDER)
        except OSError as error:
            raise SigningKeyError(f"no key can be put into {self.folder}: {error}") from error
        path = self.folder / f"{signs_from.astimezone(UTC):{_STAMP}}-{uuid4().hex[:8]}{_SUFFIX}"
        create_key(path)
        return DatedKey(key=read_key(path), signs_from=signs_from)

    def remove(self, retired: Collection[str]) -> int:
        """Remove the files of keys by their names, and return how many those are.

        One that cannot be removed stays: an operator's may be on a mount that is only read.
        """
        return sum(_removed(path) for path in self.paths() if read_key(path).kid in retired)

    def fingerprint(self) -> Fingerprint:
        """Return what differs when a file was added, changed or removed."""
        found = [(path, path.stat()) for path in self.paths()]
        return [(str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found]

    def paths(self) -> list[Path]:
        """List the keys' files that there are: the first one, then by the moment they sign from."""
        first = [self.first] if self.first.exists() else []
        return [*first, *(path for _, path in self._dated())]

    def _dated(self) -> list[tuple[datetime, Path]]:
        """List the further keys' files, by the moment they sign from."""
        if not self.folder.is_dir():
            return []
        dated = [(_moment_of(path), path) for path in self.folder.glob(f"*{_SUFFIX}")]
        return sorted((moment, path) for moment, path in dated if moment is not None)


def _moment_of(path: Path) -> datetime | None:
    """Read from when on a key signs; None of a file that is named otherwise: a draft is."""
    stamp, dash, _ = path.name.partition("-")
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC) if dash else None
    except ValueError:
        return None


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
