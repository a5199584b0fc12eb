"""Reads the option chain that NSE's website offers for download as CSV.

Two header rows, then a strike a row. The file states neither product, expiry, spot price nor
time: they come from its name, its time of modification, or the user. `-` stands for whatever the
website had nothing to show for.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from deltastream.adapters.source.snapshots import cleaning
from deltastream.adapters.source.snapshots.assembly import assemble
from deltastream.adapters.source.snapshots.csv_table import MirroredTable, cells_of
from deltastream.adapters.source.snapshots.file_names import facts_of_name
from deltastream.adapters.source.snapshots.layout import Column, Layout
from deltastream.adapters.source.snapshots.listing import ListedLeg, list_options
from deltastream.adapters.source.snapshots.markets import NSE, NSE_INDEX_NAMES
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile

_LAYOUT: Final[Layout] = {
    "bid": Column(("BID",), cleaning.price),
    "ask": Column(("ASK",), cleaning.price),
    "last": Column(("LTP",), cleaning.price),
    "volume": Column(("VOLUME",), cleaning.quantity),
    "open_interest": Column(("OI",), cleaning.quantity),
    "change_in_open_interest": Column(("CHNG IN OI",), cleaning.change),
    "price_change": Column(("CHNG",), cleaning.change),
    "bid_size": Column(("BID QTY",), cleaning.quantity),
    "ask_size": Column(("ASK QTY",), cleaning.quantity),
    "quoted_iv": Column(("IV",), cleaning.percent),
}

_TITLE: Final = ["CALLS", "PUTS"]


def fits(text: str) -> bool:
    """Say whether the text is taken for this format: its first row is CALLS,,PUTS."""
    rows = cells_of(text.lstrip()[:100])
    return bool(rows) and [cell.upper() for cell in rows[0] if cell] == _TITLE


def read(file: SnapshotFile) -> Snapshot:
    """Read a snapshot; what is wrong with single records is counted in `file`.

    Raises:
        SourceFormatError: it is no option chain, its product or expiry is nowhere stated, or none
            of its options can be used.
    """
    symbol, expiry = _subject(file)
    table = MirroredTable.find(file.text, both_sides="OI")
    if table is None:
        raise file.refusal(
            "begins as the CSV of NSE's website does and has no header row with OI on both sides"
            " of STRIKE; download it again"
        )
    legs = _listed_legs(table, expiry=expiry, file=file)
    return assemble(
        list_options(legs, symbol=symbol, layout=_LAYOUT, file=file),
        file=file,
        market=NSE,
        symbol=symbol,
        name=NSE_INDEX_NAMES.get(symbol, symbol),
        timestamp=file.assumed_timestamp,
        spot_price=None,
    )


def _subject(file: SnapshotFile) -> tuple[str, date]:
    """Return product and expiry, each from the file's name or else from the user."""
    named = facts_of_name(file.path.name)
    symbol = named.product or file.hints.product
    expiry = named.expiry or file.hints.expiry
    if symbol is None or expiry is None:
        missing = [word for word, fact in (("product", symbol), ("expiry", expiry)) if not fact]
        raise file.refusal(
            f"is a CSV of NSE's website, which does not state its {' and '.join(missing)}; keep"
            " the name of the download, option-chain-ED-NIFTY-21-Aug-2025.csv, or state them"
        )
    return symbol, expiry


def _listed_legs(table: MirroredTable, *, expiry: date, file: SnapshotFile) -> Iterator[ListedLeg]:
    for row in table.rows(file):
        # The website shows an option that is not listed as a row of dashes.
        listed = [
            (side, cells)
            for side, cells in row.sides.items()
            if not all(map(cleaning.is_absent, cells.values()))
        ]
        if not listed:
            file.skip(SkipReason.NO_LEG, row.place)
        for side, cells in listed:
            yield ListedLeg(
                expiry=expiry,
                option_type=side,
                strike=row.strike,
                product=None,
                fields=cells,
                place=f"{row.place}.{side.code}",
            )
