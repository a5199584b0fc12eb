"""Finds the values that a field has: one seek in an index a value."""

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection

from deltastream.adapters.store.mongodb.connection import Document


async def values_of(
    collection: AsyncCollection[Document], field: str, filters: Mapping[str, Any]
) -> list[Any]:
    """Return the values of a field, ascending.

    Args:
        collection: where to look.
        field: what follows the filters in an index.
        filters: fields that are equal, the beginning of that index; or that lie in a range, at
            its end.
    """
    values: list[Any] = []
    beyond: dict[str, Any] = {}
    while found := await collection.find_one(
        {**filters, **beyond}, {"_id": 0, field: 1}, sort=[(field, ASCENDING)]
    ):
        values.append(found[field])
        beyond = {field: {"$gt": found[field]}}
    return values
