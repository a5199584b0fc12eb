"""CSV of option chains: a strike a row, the call's columns before it, the put's behind it.

Read line by line: none of the exchanges' files has a line break inside a field, and so an
unbalanced quote cannot swallow the lines after it.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from deltastream.adapters.source.snapshots import cleaning
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import SnapshotFile
from deltastream.domain.instruments import OptionType

_STRIKE: Final = "STRIKE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredRow:
    """One strike: the cells of its call and of its put, by the names of their columns.

    Attributes:
        place: where it stands in the file.
    """

    strike: float
    sides: Mapping[OptionType, Mapping[str, str]]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredTable:
    """A file whose header row has been found.

    Attributes:
        preamble: the lines before the header.
        names: the header, upper case, up to its last name.
        body: the lines after it, each with its number, from 1.
    """

    preamble: Sequence[Sequence[str]]
    names: Sequence[str]
    body: Sequence[tuple[int, Sequence[str]]]

    @classmethod
    def find(cls, text: str, *, both_sides: str) -> Self | None:
        """Find the table whose header has STRIKE once and the name `both_sides` twice."""
        lines = cells_of(text)
        for index, line in enumerate(lines):
            names = [name.upper() for name in line]
            if names.count(_STRIKE) == 1 and names.count(both_sides) == len(OptionType):
                return cls(
                    preamble=lines[:index],
                    names=_without_blank_end(names),
                    body=list(enumerate(lines[index + 1 :], start=index + 2)),
                )
        return None

    def rows(self, file: SnapshotFile) -> Iterator[MirroredRow]:
        """Yield the rows that fit the header and state a strike; the others are counted."""
        middle, width = self.names.index(_STRIKE), len(self.names)
        for number, cells in self.body:
            place = f"line {number}"
            if not any(cells):
                continue
            if len(cells) < width or any(cells[width:]):
                file.skip(SkipReason.MALFORMED, place)
                continue
            try:
                strike = cleaning.strike(cells[middle])
            except cleaning.WildValueError as error:
                file.skip(error.reason, place)
                continue
            yield MirroredRow(strike=strike, sides=self._sides(cells), place=place)

    def _sides(self, cells: Sequence[str]) -> Mapping[OptionType, Mapping[str, str]]:
        middle, width = self.names.index(_STRIKE), len(self.names)
        before, behind = slice(0, middle), slice(middle + 1, width)
        return {
            OptionType.CALL: dict(zip(self.names[before], cells[before], strict=True)),
            OptionType.PUT: dict(zip(self.names[behind], cells[behind], strict=True)),
        }


def cells_of(text: str) -> list[list[str]]:
    """Split a text into lines of stripped cells; a line that is no CSV is one cell."""
    return [_cells(line) for line in text.splitlines()]


def _cells(line: str) -> list[str]:
    try:
        # Strict: an unbalanced quote would otherwise shift cells without a change of their number.
        return [cell.strip() for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return [line]


def _without_blank_end(names: Sequence[str]) -> Sequence[str]:
    last = max(index for index, name in enumerate(names) if name)
    return names[: last + 1]
