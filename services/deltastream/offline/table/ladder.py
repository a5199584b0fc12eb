"""The mirrored chain: calls on the left, puts on the right, a strike a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from deltastream.domain.events import EnrichedChain
from deltastream.offline.table.columns import Column, fewer, stated
from deltastream.offline.table.leg_rows import (
    LegRow,
    leg_rows,
    strike_of_money,
    strikes_around,
)
from deltastream.offline.table.numbers import exact

_UNLIMITED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rows of a mirrored chain that are shown.

    Attributes:
        calls, puts: by strike; a strike that lists no such option is not among them.
        strikes: those that are shown, ascending.
        listed: how many there are.
        money: the strike that is marked.
    """

    calls: Mapping[float, LegRow]
    puts: Mapping[float, LegRow]
    strikes: Sequence[float]
    listed: int
    money: float | None

    @classmethod
    def of(cls, enriched: EnrichedChain, *, count: int) -> "Ladder":
        """Take `count` strikes around the money, or all when it is 0."""
        calls = leg_rows(enriched.chain.calls, enriched.call_figures)
        puts = leg_rows(enriched.chain.puts, enriched.put_figures)
        strikes = sorted(calls.keys() | puts.keys())
        money = strike_of_money(enriched)
        return cls(
            calls=calls,
            puts=puts,
            strikes=strikes_around(strikes, money, count=count),
            listed=len(strikes),
            money=money,
        )

    def fitting(self, console: Console) -> tuple[Table, Sequence[Column]]:
        """Return the table with as many columns as fit the console's width, and those."""
        unlimited = console.options.update(max_width=_UNLIMITED)
        columns = self.stated()
        while True:
            table, spared = self.table(columns), fewer(columns)
            needed = Measurement.get(console, unlimited, table).maximum
            if needed <= console.width or spared == columns:
                return table, columns
            columns = spared

    def stated(self) -> Sequence[Column]:
        """Return the columns that have something to say of this chain."""
        return stated([*self.calls.values(), *self.puts.values()])

    def table(self, columns: Sequence[Column]) -> Table:
        """Return the table with some columns on either side of the strike."""
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, collapse_padding=True)
        for heading in (one.heading for one in columns):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("C  Strike  P", justify="center", no_wrap=True, style="bold")
        for heading in (one.heading for one in reversed(columns)):
            table.add_column(heading, justify="right", no_wrap=True)
        for strike in self.strikes:
            at_the_money = strike == self.money
            table.add_row(
                *_cells(self.calls.get(strike), columns),
                f"> {exact(strike)} <" if at_the_money else exact(strike),
                *reversed(_cells(self.puts.get(strike), columns)),
                style="reverse" if at_the_money else None,
            )
        return table


def _cells(row: LegRow | None, columns: Sequence[Column]) -> list[Text]:
    """Return the cells of a leg, empty where it is not listed."""
    return [Text() if row is None else column.cell(row) for column in columns]
