"""Columns of tables: what stands in them, in what unit, and how it is found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

Cell = str | float | int | bool | None
"""One value of a table. None is one that is absent: null in JSON, nothing in CSV."""


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "whole number"
    FLAG = "true or false"
    DAY = "YYYY-MM-DD"
    MOMENT = "ISO 8601, UTC"
    MILLISECONDS = "milliseconds since 1970"


class Unit(Enum):
    """What the numbers of a column count. Its value is how people are told."""

    NONE = ""
    PRICE = "currency of the product"
    QUANTITY = "contracts or shares, as the product says"
    UNDERLYINGS = "units of the underlying"
    FRACTION = "fraction: 0.14 is 14 %"
    RATIO = "ratio"
    YEARS = "years of 365 days"
    DELTA = "per 1 of the underlying"
    GAMMA = "per 1 of the underlying, squared"
    PER_DAY = "currency per calendar day"
    PER_POINT = "currency per volatility point"
    PER_RATE = "currency per 1 % of rate"
    PAYOUT = "price times quantity"
    EXPOSURE = "currency per 1 % move of the underlying"
    LOGARITHM = "ln(strike / forward)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: the key in JSON and the head in CSV.
        title: its name for people.
        read: finds its value in what a row is of.
        kind: what its values are.
        unit: what its numbers count.
        repeats: whether it says the same in every row of an answer, such as the product.
    """

    name: str
    title: str
    read: Callable[[Any], Cell]
    kind: Kind = Kind.NUMBER
    unit: Unit = Unit.NONE
    repeats: bool = False
