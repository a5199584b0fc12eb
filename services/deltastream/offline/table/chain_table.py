"""Chains as tables for people."""

import os
from collections.abc import Mapping
from typing import Final, TextIO

from rich.console import Console, Group
from rich.text import Text

from deltastream.domain.events import EnrichedChain
from deltastream.domain.instruments import Product
from deltastream.offline.table.footnotes import footnotes
from deltastream.offline.table.headline import headline
from deltastream.offline.table.ladder import Ladder
from deltastream.offline.table.summary import summary

_WIDE: Final = 200
"""Columns of text where no terminal limits them: enough for all that a table has."""


def console_for(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Console:
    """Return a console that writes as the stream shows it: colours and width of a terminal.

    Elsewhere there are no colours, and the width is COLUMNS, else what a table needs.
    """
    limited = stream.isatty() or "COLUMNS" in environment
    return Console(file=stream, width=None if limited else _WIDE, highlight=False)


class ChainTable:
    """Writes each chain as a headline, its figures, the mirrored chain, and footnotes."""

    def __init__(self, console: Console, *, strikes: int) -> None:
        """Write for a console.

        Args:
            console: says how wide the text may be, and whether it has colours.
            strikes: how many are shown around the money; 0 shows all.
        """
        self._console = console
        self._strikes = strikes

    def head(self) -> str:
        """Return nothing: every table stands for itself."""
        return ""

    def chain(self, enriched: EnrichedChain, product: Product) -> str:
        """Return the table of a chain."""
        ladder = Ladder.of(enriched, count=self._strikes)
        table, shown = ladder.fitting(self._console)
        parts = Group(
            headline(enriched, product),
            "",
            summary(enriched, product),
            table,
            Text(footnotes(enriched, ladder, shown), style="dim"),
            "",
        )
        with self._console.capture() as captured:
            self._console.print(parts)
        # Without colours nothing can be seen of the blanks that fill a line.
        return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
