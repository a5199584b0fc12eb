"""Files that are there for good once they are there."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
_USUAL: Final = 0o666
_PIECE: Final = 1 << 20


def make_empty(path: Path, *, private: bool) -> None:
    """Make an empty file; one that is private is readable by nobody else, not for a moment."""
    mode = PRIVATE if private else _USUAL
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))


def copy_file(source: Path, target: Path, *, private: bool) -> str:
    """Copy a file into a new one that survives a power cut; return the SHA-256 of what was read."""
    make_empty(target, private=private)
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("r+b") as written:
        while piece := read.read(_PIECE):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def synced(paths: Iterable[Path]) -> None:
    """Have files and folders written out, so that they survive a power cut."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
