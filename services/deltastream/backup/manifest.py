"""What a backup says of itself.

Its manifest stands beside what it describes, and the manifest's own checksum beside that, in the
form that `sha256sum --check` reads.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from deltastream.adapters.sqlite.copying import DatabaseFacts
from deltastream.backup.errors import BackupError

MANIFEST: Final = "manifest.json"
_CHECKSUM: Final = "manifest.json.sha256"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file of a backup.

    Attributes:
        name: its path in the backup, with slashes.
        size: in bytes.
        sha256: of its content, in hexadecimal.
        database: what is in it; None of a key.
    """

    name: str
    size: int
    sha256: str
    database: DatabaseFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup consists of.

    Attributes:
        began: everything that was acknowledged before this is in it.
        program: the version that made it.
        files: what it holds.
        elsewhere: what it lacks because another program has to copy it: the kind of database, by
            what the mesh calls it.
    """

    began: datetime
    program: str
    files: tuple[FileEntry, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_keys(self) -> bool:
        """Whether private keys are in it."""
        return any(entry.database is None for entry in self.files)

    def write(self, folder: Path) -> None:
        """Write it into the folder of the backup, with its checksum."""
        content = {"format": _FORMAT, **asdict(self), "began": self.began.isoformat()}
        text = json.dumps(content, indent=2).encode() + b"\n"
        (folder / MANIFEST).write_bytes(text)
        (folder / _CHECKSUM).write_bytes(_checksum_line(text))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it from the folder of a backup.

        Raises:
            BackupError: there is none, it is damaged, or a newer program wrote it.
        """
        try:
            text = (folder / MANIFEST).read_bytes()
            checksum = (folder / _CHECKSUM).read_bytes()
        except OSError as error:
            raise BackupError(
                f"{folder} is no backup: {error.filename}: {error.strerror}"
            ) from error
        if checksum != _checksum_line(text):
            raise BackupError(f"the backup {folder} is damaged: its manifest is not as it was made")
        content: dict[str, Any] = json.loads(text)
        if content.pop("format") != _FORMAT:
            raise BackupError(f"a newer version of this program made the backup {folder}; upgrade")
        return cls(
            began=datetime.fromisoformat(content.pop("began")),
            files=tuple(_entry(each) for each in content.pop("files")),
            **content,
        )


def _entry(content: dict[str, Any]) -> FileEntry:
    facts = content.pop("database")
    return FileEntry(**content, database=None if facts is None else DatabaseFacts(**facts))


def _checksum_line(text: bytes) -> bytes:
    return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode()
