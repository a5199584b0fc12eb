"""From what files hold to numbers: the only place that knows how wild a published value can be.

Every function takes one raw value, as JSON or CSV gave it, and returns a float, NaN when the
source does not state it (null, "", "-", "NaN" and their like). Thousands commas are read through.
"""

import math
from typing import Final

from deltastream.adapters.source.snapshots.skipping import SkipReason

LARGEST: Final = 2.0**53
"""No price or quantity is meant above it, and the sums of values below it stay finite."""

_ABSENT: Final = frozenset({"", "-", "--", "nan", "null", "none", "na", "n/a"})


class WildValueError(Exception):
    """The value is stated, and is none that the field could have."""

    def __init__(self, reason: SkipReason) -> None:
        super().__init__(reason)
        self.reason = reason


def price(raw: object) -> float:
    """Read the price of an option, bid, offered or paid.

    Exchanges publish 0 where nobody bids or nothing was ever traded: NaN here.

    Raises:
        WildValueError: it is stated, and no price.
    """
    return quantity(raw) or math.nan


def quantity(raw: object) -> float:
    """Read a volume, an open interest or a size. 0 is a quantity like any other.

    Raises:
        WildValueError: it is stated, and no quantity.
    """
    value = change(raw)
    if value < 0:
        raise WildValueError(SkipReason.NEGATIVE)
    return abs(value)  # which also turns -0.0 into 0.0


def change(raw: object) -> float:
    """Read a difference, of either sign. A -999 here cannot be told from a real one, and stays.

    Raises:
        WildValueError: it is stated, and no number.
    """
    if is_absent(raw):
        return math.nan
    if isinstance(raw, str):
        raw = _from_text(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise WildValueError(SkipReason.NO_NUMBER)
    if abs(raw) > LARGEST:  # compared before the conversion, which overflows for a large int
        raise WildValueError(SkipReason.OUT_OF_RANGE)
    return float(raw)


def fraction(raw: object) -> float:
    """Read an implied volatility stated as a fraction of 1; 0 says that it was not computed.

    Raises:
        WildValueError: it is stated, and no volatility.
    """
    return price(raw)


def percent(raw: object) -> float:
    """Read an implied volatility stated in percent, as a fraction of 1; 0 is NaN.

    Raises:
        WildValueError: it is stated, and no volatility.
    """
    return price(raw) / 100 or math.nan


def strike(raw: object) -> float:
    """Read a strike, which must be there.

    Raises:
        WildValueError: it is absent, or no positive finite number.
    """
    try:
        value = price(raw)
    except WildValueError as error:
        raise WildValueError(SkipReason.STRIKE) from error
    if math.isnan(value):
        raise WildValueError(SkipReason.STRIKE)
    return value


def is_absent(raw: object) -> bool:
    """Say whether the source has nothing to state here."""
    return raw is None or (isinstance(raw, str) and raw.strip().casefold() in _ABSENT)


def _from_text(text: str) -> float:
    try:
        return float(text.strip().replace(",", ""))
    except ValueError:
        raise WildValueError(SkipReason.NO_NUMBER) from None
