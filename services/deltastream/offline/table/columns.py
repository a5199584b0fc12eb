"""The columns of the mirrored chain, from the outermost to the strike."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from deltastream.domain.figures import Buildup
from deltastream.offline.table.leg_rows import LegRow
from deltastream.offline.table.numbers import ABSENT, change, delta, exact, percent, price
from deltastream.offline.table.words import BUILDUPS

_BUILDUP_STYLES: Final = {
    Buildup.LONG_BUILDUP: "green",
    Buildup.SHORT_BUILDUP: "red",
    Buildup.LONG_UNWINDING: "yellow",
    Buildup.SHORT_COVERING: "cyan",
    Buildup.NEUTRAL: "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that both sides have.

    Attributes:
        goes: where width is short, the column of the least number goes first; None stays.
        of_source: left out when the source states it of no option.
    """

    heading: str
    cell: Callable[[LegRow], Text]
    goes: int | None = None
    of_source: bool = False


def _plain(name: str, write: Callable[[float], str]) -> Callable[[LegRow], Text]:
    return lambda row: Text(write(row[name]))


def _change(row: LegRow) -> Text:
    number = row["change_in_open_interest"]
    return Text(change(number), style="green" if number > 0 else "red" if number < 0 else "")


def _buildup(row: LegRow) -> Text:
    code = int(row["buildup"])
    if not code:
        return Text(ABSENT)
    buildup = Buildup(code)
    return Text(BUILDUPS[buildup][0], style=_BUILDUP_STYLES[buildup])


def _middle(row: LegRow) -> Text:
    """Write the middle of the quote; a crossed one has none."""
    bid, ask = row["bid"], row["ask"]
    return Text(price((bid + ask) / 2.0 if bid <= ask else None))


COLUMNS: Final[Sequence[Column]] = (
    Column(heading="OI", cell=_plain("open_interest", exact)),
    Column(heading="Chg OI", cell=_change, goes=5, of_source=True),
    Column(heading="B", cell=_buildup, goes=4, of_source=True),
    Column(heading="Volume", cell=_plain("volume", exact), goes=2, of_source=True),
    Column(heading="Feed IV", cell=_plain("quoted_iv", percent), goes=1, of_source=True),
    Column(heading="IV %", cell=_plain("iv", percent)),
    Column(heading="Delta", cell=_plain("delta", delta), goes=6),
    Column(heading="Mid", cell=_middle, goes=3),
    Column(heading="LTP", cell=_plain("last", price)),
)


def stated(rows: Iterable[LegRow]) -> Sequence[Column]:
    """Return the columns that have something to say of these legs."""
    legs = list(rows)
    return [
        column
        for column in COLUMNS
        if not column.of_source or any(column.cell(leg).plain != ABSENT for leg in legs)
    ]


def fewer(columns: Sequence[Column]) -> Sequence[Column]:
    """Leave out the column that can best be spared; the same columns when none can."""
    spare = [column for column in columns if column.goes is not None]
    if not spare:
        return columns
    first = min(spare, key=lambda column: column.goes or 0)
    return [column for column in columns if column is not first]
