"""What the name of a file says of the snapshot in it."""

import re
from dataclasses import dataclass
from datetime import date

from deltastream.adapters.source.snapshots import moments
from deltastream.domain.instruments import PRODUCT_PATTERN

# The exchange's own download: option-chain-ED-NIFTY-21-Aug-2025.csv, "ED" for equity derivatives.
_DOWNLOAD = re.compile(
    r"option-chain-(?:ED-)?(?P<product>[A-Z0-9][A-Z0-9&_-]*?)-(?P<expiry>\d{1,2}-[A-Z]{3}-\d{4})",
    re.IGNORECASE,
)
# What collections of snapshots are commonly named: …_nifty_exp_2025-08-21.csv.
_COLLECTED = re.compile(
    r"(?:^|_)(?P<product>[A-Z0-9&-]+)_exp_(?P<expiry>\d{4}-\d{2}-\d{2})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFacts:
    """What a file's name states; None is what it does not."""

    product: str | None = None
    expiry: date | None = None


def facts_of_name(name: str) -> NamedFacts:
    """Read product and expiry from a file name.

    >>> facts_of_name("option-chain-ED-NIFTY-21-Aug-2025 (1).csv")
    NamedFacts(product='NIFTY', expiry=datetime.date(2025, 8, 21))
    """
    try:
        if (match := _DOWNLOAD.search(name)) is not None:
            return _facts(match["product"], moments.nse_date(match["expiry"]))
        if (match := _COLLECTED.search(name)) is not None:
            return _facts(match["product"], date.fromisoformat(match["expiry"]))
    except ValueError:
        pass  # a name such as …-31-Feb-2025 states nothing
    return NamedFacts()


def _facts(product: str, expiry: date) -> NamedFacts:
    symbol = product.upper()
    return NamedFacts(
        product=symbol if PRODUCT_PATTERN.fullmatch(symbol) else None,
        expiry=expiry,
    )
