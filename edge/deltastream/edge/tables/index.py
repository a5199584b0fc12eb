"""What tables there are, for programs."""

from collections.abc import Iterable
from typing import Any

from deltastream.edge.tables.columns import Column
from deltastream.edge.tables.parameters import Parameter
from deltastream.edge.tables.table import Table


def index_of(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """Describe tables: what can be asked of each, and what its columns are."""
    return [
        {
            "name": table.name,
            "path": table.path,
            "title": table.title,
            "description": table.description,
            "rpc": table.method.full_name,
            "parameters": [_parameter(each) for each in table.parameters],
            "columns": [_column(each) for each in table.columns],
        }
        for table in tables
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "required": parameter.required,
        "default": parameter.usual or None,
        "meaning": parameter.meaning,
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "title": column.title,
        "type": column.kind.value,
        "unit": column.unit.value or None,
    }
