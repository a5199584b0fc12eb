"""What consumers of a group were given and have not acknowledged, by XPENDING.

Each answer maps the sequence of a pending entry to how often it has been delivered, oldest first.
"""

from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from deltastream.adapters.bus.handed_out import Reader
from deltastream.adapters.bus.redis_entries import entry_id, key_of, sequence_of

_PAGE: Final = 1000


async def given_to(redis: Redis, reader: Reader, *, after: int, limit: int) -> dict[int, int]:
    """Return what is pending for the reader itself, above a sequence."""
    rows = await _rows(redis, reader, after=after, count=limit, consumername=reader.consumer)
    return {_sequence(row): row["times_delivered"] for row in rows}


async def left_by_others(redis: Redis, reader: Reader, *, idle: int, limit: int) -> dict[int, int]:
    """Return what other consumers have left pending for `idle` milliseconds or longer."""
    own = reader.consumer.encode()
    left: dict[int, int] = {}
    after = 0
    while rows := await _rows(redis, reader, after=after, count=_PAGE, idle=idle):
        for row in rows:
            after = _sequence(row)
            if row["consumer"] != own:
                left[after] = row["times_delivered"]
                if len(left) == limit:
                    return left
    return left


async def _rows(
    redis: Redis, reader: Reader, *, after: int, count: int, **filters: Any
) -> list[dict[str, Any]]:
    """Return one page of the pending list; empty where there is no such group yet."""
    place = (key_of(reader.subject), reader.group, f"({entry_id(after)}", "+", count)
    try:
        return list(await redis.xpending_range(*place, **filters))
    except ResponseError as error:
        if is_group_missing(error):
            return []
        raise


def _sequence(row: dict[str, Any]) -> int:
    return sequence_of(row["message_id"])


def is_group_missing(error: ResponseError) -> bool:
    """Say whether a command failed because the group, or its stream, is not there (any more)."""
    return str(error).startswith(("NOGROUP", "UNBLOCKED"))
