"""Reads the option chain that NSE's website serves as JSON, classic or v3.

`records.data` holds all rows; `filtered` repeats those of one expiry and is not read.
"""

import json
import math
from collections.abc import Sequence
from datetime import datetime

from deltastream.adapters.source.snapshots import cleaning, moments
from deltastream.adapters.source.snapshots.assembly import assemble, nothing_listed
from deltastream.adapters.source.snapshots.file_names import facts_of_name
from deltastream.adapters.source.snapshots.layout import read_value
from deltastream.adapters.source.snapshots.listing import (
    ListedLeg,
    commonest_product,
    list_options,
)
from deltastream.adapters.source.snapshots.markets import NSE, NSE_INDEX_NAMES
from deltastream.adapters.source.snapshots.nse_rows import LAYOUT, Fields, listed_legs, symbol_of
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile


def fits(text: str) -> bool:
    """Say whether the text is taken for this format: it looks like JSON."""
    return text.lstrip()[:1] in ("{", "[")


def read(file: SnapshotFile) -> Snapshot:
    """Read a snapshot; what is wrong with single records is counted in `file`.

    Raises:
        SourceFormatError: it is no option chain, or none of its options can be used.
    """
    records, rows = _records(file)
    legs = list(listed_legs(rows, file=file))
    if not legs:
        raise nothing_listed(file)
    symbol = _product(records, legs, file=file)
    return assemble(
        list_options(legs, symbol=symbol, layout=LAYOUT, file=file),
        file=file,
        market=NSE,
        symbol=symbol,
        name=NSE_INDEX_NAMES.get(symbol, symbol),
        timestamp=_timestamp(records, file=file),
        spot_price=_spot_price(records, legs, file=file),
    )


def _records(file: SnapshotFile) -> tuple[Fields, list[object]]:
    """Return the document's `records`, and the rows in it."""
    document = _document(file)
    if document == {}:
        raise file.refusal(
            "is taken for an NSE option chain and is an empty JSON object, which is what the"
            " exchange answers to visitors it takes for robots; record it again from a browser"
        )
    records = document.get("records") if isinstance(document, dict) else None
    rows = records.get("data") if isinstance(records, dict) else None
    if not isinstance(records, dict) or not isinstance(rows, list):
        raise file.refusal(
            "is JSON and no NSE option chain: expected an object with a list at `records.data`;"
            " pass the exchange's answer to its option-chain request, unchanged"
        )
    return records, rows


def _document(file: SnapshotFile) -> object:
    try:
        # Integers as floats: int() refuses texts of more than 4,300 digits.
        document: object = json.loads(file.text, parse_int=float)
    except (ValueError, RecursionError) as error:
        raise file.refusal(
            f"is taken for an NSE option chain and is no valid JSON ({error}); it may have been"
            " cut off or edited: record it again"
        ) from None
    return document


def _product(records: Fields, legs: Sequence[ListedLeg], *, file: SnapshotFile) -> str:
    """Return the symbol that most legs state, else what is said elsewhere."""
    symbol = (
        commonest_product(legs)
        or symbol_of(records.get("underlying"))
        or symbol_of(records.get("symbol"))
        or facts_of_name(file.path.name).product
        or file.hints.product
    )
    if symbol is None:
        raise file.refusal(
            "is an NSE option chain that names no underlying; state the product, or name the file"
            " as the exchange does: option-chain-ED-NIFTY-21-Aug-2025.json"
        )
    return symbol


def _timestamp(records: Fields, *, file: SnapshotFile) -> datetime:
    stated = records.get("timestamp")
    if cleaning.is_absent(stated):
        return file.assumed_timestamp
    try:
        return moments.nse_time(stated, NSE.zone)
    except ValueError:
        file.skip(SkipReason.TIMESTAMP, "records.timestamp")
        return file.assumed_timestamp


def _spot_price(records: Fields, legs: Sequence[ListedLeg], *, file: SnapshotFile) -> float | None:
    """Return the index value; where the head does not state it, the first that a leg does."""
    stated = [("records", records), *((leg.place, leg.fields) for leg in legs)]
    for place, fields in stated:
        raw = fields.get("underlyingValue")
        spot = read_value(raw, cleaning.price, file=file, place=f"{place}.underlyingValue")
        if not math.isnan(spot):
            return spot
    return None
