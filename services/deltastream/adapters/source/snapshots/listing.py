"""The options that a file lists, whatever its format."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from deltastream.adapters.source.snapshots.layout import Layout, read_values
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import SnapshotFile
from deltastream.domain.instruments import OptionType

ValuesByStrike = dict[float, tuple[float, ...]]
Listing = dict[tuple[date, OptionType], ValuesByStrike]
"""By expiry and side and strike, the values of an option in the order of VALUE_COLUMNS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLeg:
    """An option as a file lists it.

    Attributes:
        product: the symbol that its record states; None when it states none.
        fields: the other values of its record, as they stand there.
        place: where it stands in the file.
    """

    expiry: date
    option_type: OptionType
    strike: float
    product: str | None
    fields: Mapping[str, object]
    place: str


def commonest_product(legs: Iterable[ListedLeg]) -> str | None:
    """Return the symbol that most legs state; None when none states one."""
    stated = Counter(leg.product for leg in legs if leg.product is not None)
    return stated.most_common(1)[0][0] if stated else None


def list_options(
    legs: Iterable[ListedLeg], *, symbol: str, layout: Layout, file: SnapshotFile
) -> Listing:
    """Read the values of all legs of a product; of a repeated option, the first holds.

    Legs of another product and repetitions are counted in `file`.
    """
    listing: Listing = {}
    for leg in legs:
        side = listing.setdefault((leg.expiry, leg.option_type), {})
        if leg.product not in (None, symbol):
            file.skip(SkipReason.OTHER_PRODUCT, leg.place)
        elif leg.strike in side:
            file.skip(SkipReason.REPEATED_LEG, leg.place)
        else:
            side[leg.strike] = read_values(leg.fields, layout, file=file, place=leg.place)
    return {key: side for key, side in listing.items() if side}
