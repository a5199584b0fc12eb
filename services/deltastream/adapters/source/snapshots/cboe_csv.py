"""Reads the option chain that CBOE's quote table offers for download as CSV.

A preamble states the name, the last price and the time of the download; then come rows of one
strike of one expiry, each with a call and a put. After the close the quotes are those of the
close, and so is the snapshot's time: the published volatilities count theirs from then. Implied
volatility is a fraction of 1. The published delta and gamma are not read: the mesh computes its
own.
"""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from deltastream.adapters.source.snapshots import cleaning, moments
from deltastream.adapters.source.snapshots.assembly import assemble, nothing_listed
from deltastream.adapters.source.snapshots.csv_table import MirroredTable, cells_of
from deltastream.adapters.source.snapshots.layout import Column, Layout, read_value
from deltastream.adapters.source.snapshots.listing import (
    ListedLeg,
    commonest_product,
    list_options,
)
from deltastream.adapters.source.snapshots.markets import CBOE
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile
from deltastream.domain.instruments import OptionType

_LAYOUT: Final[Layout] = {
    "bid": Column(("BID",), cleaning.price),
    "ask": Column(("ASK",), cleaning.price),
    "last": Column(("LAST SALE",), cleaning.price),
    "volume": Column(("VOLUME",), cleaning.quantity),
    "open_interest": Column(("OPEN INTEREST",), cleaning.quantity),
    "price_change": Column(("NET",), cleaning.change),
    "quoted_iv": Column(("IV",), cleaning.fraction),
}
_SYMBOL_COLUMN: Final = {OptionType.CALL: "CALLS", OptionType.PUT: "PUTS"}
_EXPIRY_COLUMN: Final = "EXPIRATION DATE"
_HEAD_CHARACTERS: Final = 2000

# The OCC's option symbol begins with the root; expiry and strike follow: SPY251001C00500000.
_OPTION_SYMBOL = re.compile(r"(?P<root>[A-Z][A-Z0-9.]{0,5}?)\d{6}[CP]\d{8}")


def fits(text: str) -> bool:
    """Say whether the text is taken for this format: a line near its start is CBOE's header."""
    start = [_EXPIRY_COLUMN, _SYMBOL_COLUMN[OptionType.CALL]]
    lines = cells_of(text[:_HEAD_CHARACTERS])
    return any([cell.upper() for cell in line[:2]] == start for line in lines)


def read(file: SnapshotFile) -> Snapshot:
    """Read a snapshot; what is wrong with single records is counted in `file`.

    Raises:
        SourceFormatError: it is no option chain, or none of its options can be used.
    """
    table = MirroredTable.find(file.text, both_sides="OPEN INTEREST")
    if table is None:
        raise file.refusal(
            "begins as CBOE's quote table does and has no header row with Open Interest on both"
            " sides of Strike; download it again"
        )
    legs = list(_listed_legs(table, file=file))
    if (symbol := commonest_product(legs)) is None:
        raise nothing_listed(file)
    return assemble(
        list_options(legs, symbol=symbol, layout=_LAYOUT, file=file),
        file=file,
        market=CBOE,
        symbol=symbol,
        name=_name(table.preamble) or symbol,
        timestamp=file.calendars[CBOE.exchange].last_traded(_timestamp(table.preamble, file=file)),
        spot_price=_spot_price(table.preamble, file=file),
    )


def _listed_legs(table: MirroredTable, *, file: SnapshotFile) -> Iterator[ListedLeg]:
    for row in table.rows(file):
        # The expiry is the first column of the row, and so stands among the call's.
        try:
            expiry = moments.cboe_date(row.sides[OptionType.CALL].get(_EXPIRY_COLUMN))
        except ValueError:
            file.skip(SkipReason.EXPIRY, row.place)
            continue
        matches = {
            side: _OPTION_SYMBOL.fullmatch(cells.get(_SYMBOL_COLUMN[side], ""))
            for side, cells in row.sides.items()
        }
        if not any(matches.values()):
            file.skip(SkipReason.NO_LEG, row.place)
        for side, match in matches.items():
            if match is not None:
                yield ListedLeg(
                    expiry=expiry,
                    option_type=side,
                    strike=row.strike,
                    product=match["root"],
                    fields=row.sides[side],
                    place=f"{row.place}.{side.code}",
                )


def _name(preamble: Sequence[Sequence[str]]) -> str:
    """Return the full name, which stands before the last price."""
    return next((line[0] for line in preamble if any(map(_is_last, line))), "")


def _is_last(cell: str) -> bool:
    return cell.startswith("Last:")


def _spot_price(preamble: Sequence[Sequence[str]], *, file: SnapshotFile) -> float | None:
    raw = _stated(preamble, "Last:")
    spot = read_value(raw, cleaning.price, file=file, place="preamble.Last")
    return None if math.isnan(spot) else spot


def _timestamp(preamble: Sequence[Sequence[str]], *, file: SnapshotFile) -> datetime:
    stated = _stated(preamble, "Date:")
    if stated is None:
        return file.assumed_timestamp
    try:
        return moments.cboe_time(stated)
    except ValueError:
        file.skip(SkipReason.TIMESTAMP, "preamble.Date")
        return file.assumed_timestamp


def _stated(preamble: Sequence[Sequence[str]], label: str) -> str | None:
    cells = (cell for line in preamble for cell in line)
    return next((cell.removeprefix(label) for cell in cells if cell.startswith(label)), None)
