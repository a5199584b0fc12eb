"""A table: one declaration, of which JSON, CSV, a widget and documentation are made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from deltastream.edge.tables.columns import Column
from deltastream.edge.tables.parameters import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked of a table.

    Attributes:
        message: the RPC's request.
        expiry: the one that was named: a day, "all", or empty for the nearest.
    """

    message: Any
    expiry: str = ""


class Picture(StrEnum):
    """Which chart shows a table best, in the words of AG Charts."""

    LINE = "line"
    SCATTER = "scatter"
    COLUMNS = "groupedColumn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How a table is drawn.

    Attributes:
        picture: the kind of chart.
        category: the column along the bottom.
        series: the columns that are drawn.
    """

    picture: Picture
    category: str
    series: tuple[str, ...]


class Role(StrEnum):
    """What a table is for."""

    TABLE = auto()
    """To be looked at."""
    METRICS = auto()
    """To be looked at, a figure a row."""
    OPTIONS = auto()
    """To choose a parameter from, with the columns `label` and `value`."""


def unchanged(message: Message) -> None:
    """Add nothing to a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What an RPC answers, as rows and columns.

    Attributes:
        name: the last part of its path.
        title: its name for people.
        description: a sentence about a row, and what else has to be known.
        method: the RPC that is called.
        parameters: what can be asked.
        columns: from left to right.
        rows: returns what each row is of, from the question and the RPC's answer.
        complete: adds to a request what nobody is asked for.
        resolves: whether the RPC has to be told the nearest expiry, as it does not know.
        chart: how it is drawn; None if it is best read.
        role: what it is for.
    """

    name: str
    title: str
    description: str
    method: MethodDescriptor
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Question, Any], Iterable[Any]]
    complete: Callable[[Any], None] = field(default=unchanged)
    resolves: bool = False
    chart: Chart | None = None
    role: Role = Role.TABLE

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/api/tables/{self.name}"
