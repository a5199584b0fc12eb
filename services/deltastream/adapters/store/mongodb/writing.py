"""How documents are written: each of its own, in any order, and all of them or an error."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo import InsertOne, ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from deltastream.adapters.store.mongodb.connection import Document
from deltastream.adapters.store.mongodb.failures import (
    DEPENDENCY,
    DUPLICATE_KEY,
    unrepairable,
)
from deltastream.domain.errors import DependencyUnavailableError

_Operation = InsertOne[Document] | ReplaceOne[Document]

# Seconds before each repetition of what failed for a moment.
_PAUSES: Final = (0.02, 0.1, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A document to be stored under its `_id`.

    Attributes:
        older: which document of that `_id` gives way to it; None: none does.
    """

    document: Document
    older: Mapping[str, Any] | None = None


async def put(collection: AsyncCollection[Document], writes: Sequence[Write]) -> int:
    """Write what is new or newer than what is there, and return how many those are.

    Two writers of one `_id` are decided by the database: one inserts, and the other finds it there
    and replaces it only where it is older. All are acknowledged when this returns. After an error
    any of them may have been written, and repeating them is safe.

    Raises:
        DocumentRefusedError: the database does not take one of the documents.
    """
    inserted = await _carry_out(collection, [InsertOne(write.document) for write in writes])
    there = [writes[place] for place in inserted.taken]
    replaced = await _carry_out(
        collection, [_replacement(write) for write in there if write.older is not None]
    )
    return len(writes) - len(there) + replaced.matched


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of operations; the places are theirs.

    Attributes:
        matched: how many replaced a document.
        taken: the places of inserts whose `_id` is there already.
        failed: the places of those that failed for a moment.
    """

    matched: int = 0
    taken: Sequence[int] = ()
    failed: Sequence[int] = ()


async def _carry_out(
    collection: AsyncCollection[Document], operations: Sequence[_Operation]
) -> _Outcome:
    """Carry operations out, and those again, alone, that failed for a moment."""
    matched, taken = 0, list[int]()
    places: Sequence[int] = range(len(operations))
    for pause in (*_PAUSES, None):
        outcome = await _attempt(collection, [operations[place] for place in places])
        matched += outcome.matched
        taken += [places[index] for index in outcome.taken]
        places = [places[index] for index in outcome.failed]
        if not places:
            break
        if pause is None:
            raise DependencyUnavailableError(DEPENDENCY)
        await asyncio.sleep(pause)
    return _Outcome(matched=matched, taken=taken)


async def _attempt(
    collection: AsyncCollection[Document], operations: Sequence[_Operation]
) -> _Outcome:
    if not operations:
        return _Outcome()
    try:
        result = await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        reason = unrepairable(error)
        if reason is not None:
            raise reason from None
        failed = error.details["writeErrors"]
        # What was inserted is counted by what was not: not every server counts it right.
        return _Outcome(
            matched=error.details["nMatched"],
            taken=[each["index"] for each in failed if each["code"] == DUPLICATE_KEY],
            failed=[each["index"] for each in failed if each["code"] != DUPLICATE_KEY],
        )
    return _Outcome(matched=result.matched_count)


def _replacement(write: Write) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": write.document["_id"], **(write.older or {})}, write.document)
