"""Builds that are broken on purpose: copies of the sources with a few lines changed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_COPIED: Final = ("services", "edge")
_NAMESPACE: Final = "deltastream"
# Generated or built: no mistake is made there.
_LINKED: Final = (Path("gen"), Path("edge", _NAMESPACE, "edge", "static"))


class StaleMutationError(Exception):
    """The text that a mutation replaces is not there, or not just once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One replacement.

    Attributes:
        file: which source, from the root of the repository.
        before: the text to replace, which stands there exactly once.
        after: what stands there then.
    """

    file: str
    before: str
    after: str

    def applied(self, tree: Path) -> str:
        """Return the file of a tree with the replacement made.

        Raises:
            StaleMutationError: the text is not there exactly once.
        """
        text = (tree / self.file).read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise StaleMutationError(
                f"{self.file} has {text.count(self.before)} times:\n{self.before}"
            )
        return text.replace(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A mistake that somebody could make.

    Attributes:
        name: of the mistake.
        mistake: what is wrong then, in words.
        changes: to the sources.
    """

    name: str
    mistake: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenTree:
    """A copy of the sources that may be changed, and mended again.

    Attributes:
        origin: the tree that it was copied from.
        folder: where it is.
    """

    origin: Path
    folder: Path

    def apply(self, mutation: Mutation) -> None:
        """Make a mistake.

        Raises:
            StaleMutationError: the sources are not what the mutation was written for.
        """
        for change in mutation.changes:
            (self.folder / change.file).write_text(change.applied(self.folder), encoding="utf-8")

    def mend(self, mutation: Mutation) -> None:
        """Put the files of a mutation back as they were."""
        for change in mutation.changes:
            shutil.copyfile(self.origin / change.file, self.folder / change.file)


@contextmanager
def copied_tree(origin: Path) -> Iterator[BrokenTree]:
    """Copy the sources of a tree, for as long as the block runs."""
    with TemporaryDirectory(prefix="deltastream-broken-") as name:
        folder = Path(name)
        for root in _COPIED:
            shutil.copytree(
                origin / root / _NAMESPACE,
                folder / root / _NAMESPACE,
                ignore=shutil.ignore_patterns("__pycache__", "static"),
            )
        for path in _LINKED:
            if (origin / path).exists():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).symlink_to((origin / path).resolve())
        yield BrokenTree(origin=origin, folder=folder)
