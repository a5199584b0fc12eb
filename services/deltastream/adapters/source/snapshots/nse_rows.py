"""The rows of an NSE option chain: one strike of one expiry, with a call, a put or both.

The classic shape names a row's expiry `expiryDate` and a leg's quote `bidprice`, `askPrice`; v3
names them `expiryDates`, `buyPrice1`, `sellPrice1`, and fills a leg that is not listed with zeros
and an `identifier` of null.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deltastream.adapters.source.snapshots import cleaning, moments
from deltastream.adapters.source.snapshots.layout import Column, Layout
from deltastream.adapters.source.snapshots.listing import ListedLeg
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import SnapshotFile
from deltastream.domain.instruments import PRODUCT_PATTERN, OptionType

LAYOUT: Final[Layout] = {
    "bid": Column(("bidprice", "buyPrice1"), cleaning.price),
    "ask": Column(("askPrice", "sellPrice1"), cleaning.price),
    "last": Column(("lastPrice",), cleaning.price),
    "volume": Column(("totalTradedVolume",), cleaning.quantity),
    "open_interest": Column(("openInterest",), cleaning.quantity),
    "change_in_open_interest": Column(("changeinOpenInterest",), cleaning.change),
    "price_change": Column(("change",), cleaning.change),
    "bid_size": Column(("bidQty", "buyQuantity1"), cleaning.quantity),
    "ask_size": Column(("askQty", "sellQuantity1"), cleaning.quantity),
    "quoted_iv": Column(("impliedVolatility",), cleaning.percent),
}

_VALUES: Final = tuple(spelling for column in LAYOUT.values() for spelling in column.spellings)
_IDENTIFIER = re.compile(r"OPT[A-Z]{3}(?P<product>.+?)\d{2}-\d{2}-\d{4}(?:CE|PE)[\d.]+")

Fields = Mapping[str, object]


def listed_legs(rows: Sequence[object], *, file: SnapshotFile) -> Iterator[ListedLeg]:
    """Yield what the rows list; a row or leg that cannot be used is counted in `file`."""
    for index, row in enumerate(rows):
        place = f"data[{index}]"
        if isinstance(row, dict):
            yield from _legs_of_row(row, file=file, place=place)
        else:
            file.skip(SkipReason.MALFORMED, place)


def symbol_of(raw: object) -> str | None:
    """Return a product symbol in upper case, None where there is none."""
    text = raw.strip().upper() if isinstance(raw, str) else ""
    return text if PRODUCT_PATTERN.fullmatch(text) else None


def _legs_of_row(row: Fields, *, file: SnapshotFile, place: str) -> Iterator[ListedLeg]:
    listed = {
        side: leg
        for side in OptionType
        if (leg := _listed_leg(row.get(side.code), file=file, place=f"{place}.{side.code}"))
    }
    if not listed:
        file.skip(SkipReason.NO_LEG, place)
        return
    # The row's word holds for both legs; a leg is asked only where the row is silent.
    stated = [row, *listed.values()]
    try:
        strike = cleaning.strike(_first(stated, "strikePrice"))
        expiry = moments.nse_date(_first(stated, "expiryDate", "expiryDates"))
    except cleaning.WildValueError as error:
        file.skip(error.reason, place)
    except ValueError:
        file.skip(SkipReason.EXPIRY, place)
    else:
        for side, fields in listed.items():
            yield ListedLeg(
                expiry=expiry,
                option_type=side,
                strike=strike,
                product=_product_of(fields),
                fields=fields,
                place=f"{place}.{side.code}",
            )


def _listed_leg(leg: object, *, file: SnapshotFile, place: str) -> Fields | None:
    """Return the fields of a leg; None when it is not listed, which v3 says with zeros."""
    if leg is None:
        return None
    if not isinstance(leg, dict):
        file.skip(SkipReason.MALFORMED, place)
        return None
    if cleaning.is_absent(leg.get("identifier")) and all(_is_nothing(leg, _VALUES)):
        return None
    return leg


def _is_nothing(leg: Fields, names: Sequence[str]) -> Iterator[bool]:
    for name in names:
        raw = leg.get(name)
        yield cleaning.is_absent(raw) or raw == 0


def _product_of(leg: Fields) -> str | None:
    if (symbol := symbol_of(leg.get("underlying"))) is not None:
        return symbol
    match = _IDENTIFIER.fullmatch(str(leg.get("identifier")))
    return symbol_of(match["product"]) if match else None


def _first(stated: Sequence[Fields], *spellings: str) -> object:
    """Return the first value that is there, in the order of the records."""
    values = (fields.get(spelling) for fields in stated for spelling in spellings)
    return next((value for value in values if value is not None), None)
