"""What can be said in the query of a table, beside its format."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NEAREST: Final = "nearest"
"""The expiry that had not expired at the time of the newest chain; the same as none."""
ALL: Final = "all"
"""Every expiry, where a table can have several."""


class Input(StrEnum):
    """How somebody is asked for a value."""

    PRODUCT = "one of the products"
    EXPIRY = "one of the product's expiries"
    CHOICE = "one of a few"
    NUMBER = "a number"
    MOMENT = "a time"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of the query. Its name is that of a field of the RPC's request.

    Attributes:
        name: in the query.
        title: its name for people.
        meaning: what it does.
        input: how somebody is asked for it.
        usual: what it is when nobody says, as text; empty if that is nothing that can be said.
        choices: what it can be, where that is little.
        required: whether there is no answer without it.
    """

    name: str
    title: str
    meaning: str
    input: Input
    usual: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


PRODUCT: Final = Parameter(
    name="product",
    title="Product",
    meaning="The symbol, such as NIFTY.",
    input=Input.PRODUCT,
    required=True,
)
EXPIRY: Final = Parameter(
    name="expiry",
    title="Expiry",
    meaning=f"YYYY-MM-DD, or {NEAREST}: the first that has not expired.",
    input=Input.EXPIRY,
    usual=NEAREST,
)
SLICE: Final = Parameter(
    name="expiry",
    title="Expiry",
    meaning=f"YYYY-MM-DD, {NEAREST}, or {ALL}.",
    input=Input.EXPIRY,
    usual=NEAREST,
)
MAX_EXPIRIES: Final = Parameter(
    name="max_expiries",
    title="Expiries",
    meaning="The most expiries, the nearest ones, up to 100; 0 is all.",
    input=Input.NUMBER,
    usual="0",
)
LOG_MONEYNESS: Final = Parameter(
    name="log_moneyness",
    title="Log-moneyness",
    meaning="A value of ln(strike / forward), repeated for several; 25 from -0.3 to 0.3 if none.",
    input=Input.NUMBERS,
)
START: Final = Parameter(
    name="start", title="Start", meaning="RFC 3339; the earliest, inclusive.", input=Input.MOMENT
)
END: Final = Parameter(
    name="end", title="End", meaning="RFC 3339; the latest, exclusive.", input=Input.MOMENT
)
LIMIT: Final = Parameter(
    name="limit",
    title="Rows",
    meaning="The most rows, the newest ones, up to 1000.",
    input=Input.NUMBER,
    usual="100",
)
INTERVAL: Final = Parameter(
    name="interval",
    title="Interval",
    meaning="Keeps the last row of each interval, such as 30s, 5m or 1h; 1 s to 7 days.",
    input=Input.CHOICE,
    choices=("1s", "1m", "5m", "15m", "1h"),
)
WINDOW: Final = Parameter(
    name="window",
    title="Minutes",
    meaning="The length of a candle.",
    input=Input.CHOICE,
    usual="5",
    choices=("1", "5", "15", "30"),
)
WINDOW_MINUTES: Final = Parameter(
    name="window_minutes",
    title="Minutes",
    meaning="Changes since that many minutes ago, up to 1440; 0 is the previous close.",
    input=Input.NUMBER,
    usual="0",
)


def names_of(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """Return the names of parameters."""
    return tuple(each.name for each in parameters)
