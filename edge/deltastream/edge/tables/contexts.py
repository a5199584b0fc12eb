"""Columns that many tables have: what an answer is about, and when each row was."""

from dataclasses import dataclass, replace
from typing import Any, Final

from deltastream.edge.tables.columns import Column, Kind
from deltastream.edge.tables.readers import milliseconds, moment, reasons, text, within


@dataclass(frozen=True, slots=True)
class Item:
    """What a row is of: one of the things in an answer.

    Attributes:
        answer: what it is in.
        one: the thing.
    """

    answer: Any
    one: Any


PRODUCT_COLUMN: Final = Column(
    name="product", title="Product", read=text("product"), kind=Kind.TEXT, repeats=True
)
EXPIRY_COLUMN: Final = Column(
    name="expiry", title="Expiry", read=text("expiry"), kind=Kind.DAY, repeats=True
)
AS_OF: Final = Column(
    name="timestamp", title="As of", read=moment("timestamp"), kind=Kind.MOMENT, repeats=True
)
MISSING: Final = Column(name="missing", title="Why absent", read=reasons, kind=Kind.TEXT)


def of(part: str, *columns: Column) -> tuple[Column, ...]:
    """Return columns that are read from a part of what a row is of."""
    return tuple(replace(each, read=within(part, each.read)) for each in columns)


def repeated(*columns: Column) -> tuple[Column, ...]:
    """Return columns as such that say the same in every row."""
    return tuple(replace(each, repeats=True) for each in columns)


def times(field: str = "timestamp") -> tuple[Column, ...]:
    """Return the columns that say when a row was, for people and for programs.

    Args:
        field: that has the time.
    """
    return (
        Column(name="timestamp", title="Time", read=moment(field), kind=Kind.MOMENT),
        Column(name="time_ms", title="Time (ms)", read=milliseconds(field), kind=Kind.MILLISECONDS),
    )


def items(name: str) -> Any:
    """Return what makes an item of each message that repeats in a field of an answer."""

    def rows(_: Any, answer: Any) -> list[Item]:
        return [Item(answer, each) for each in getattr(answer, name)]

    return rows
