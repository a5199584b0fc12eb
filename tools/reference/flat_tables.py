"""The tables that the edge serves, read from their declarations."""

from collections.abc import Iterator

from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.columns import Column, Unit
from deltastream.edge.tables.parameters import Parameter


def overview() -> Iterator[tuple[str, ...]]:
    """Yield each table: its path, what a row is, what can be asked, whose answer it is."""
    for table in TABLES:
        asked = " ".join(f"`{each.name}`" for each in table.parameters)
        yield f"`{table.path}`", table.description, asked or "nothing", f"`{table.method.name}`"


def parameters() -> Iterator[tuple[str, ...]]:
    """Yield each parameter once, with what it does and what it usually is."""
    found: dict[str, tuple[str, ...]] = {}
    for table in TABLES:
        for each in table.parameters:
            found.setdefault(each.meaning, (f"`{each.name}`", _default(each), each.meaning))
    yield from sorted(found.values())


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "none: it has to be given"
    return f"`{parameter.usual}`" if parameter.usual else "none"


def columns() -> Iterator[tuple[str, ...]]:
    """Yield the columns of each table, from left to right."""
    for table in TABLES:
        yield f"`{table.name}`", ", ".join(f"`{each.name}`" for each in table.columns)


def units() -> Iterator[tuple[str, ...]]:
    """Yield each unit with the columns that are in it."""
    found: dict[str, set[Unit]] = {}
    for _, column in _every_column():
        found.setdefault(column.name, set()).add(column.unit)
    for unit in Unit:
        # Where tables differ in a column's unit, it takes the table to tell.
        names = {
            f"`{column.name}`" if found[column.name] == {unit} else f"`{table}.{column.name}`"
            for table, column in _every_column()
            if column.unit is unit
        }
        if unit is not Unit.NONE:
            yield unit.value, ", ".join(sorted(names))


def _every_column() -> Iterator[tuple[str, Column]]:
    for table in TABLES:
        for column in table.columns:
            yield table.name, column
