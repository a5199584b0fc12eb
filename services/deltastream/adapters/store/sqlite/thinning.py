"""Deletes chains but the last of each half day, a part at a time."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.sqlite.distinct import texts_of
from deltastream.adapters.store.sqlite.expiries import forget_expiries
from deltastream.adapters.store.sqlite.pruned import pruned_through, remember_pruned
from deltastream.domain.half_days import HALF_DAY
from deltastream.ports.store import Kind

_HALF_DAY: Final = HALF_DAY // timedelta(microseconds=1)
PART: Final = """
    SELECT count(*), max(sequence) FROM (
        SELECT sequence FROM chains
        WHERE product = :product AND sequence > :after AND sequence < :before
        ORDER BY sequence LIMIT :limit
    )
"""
# What SQLite calls % has the sign of the time, and is wanted positive before 1970 too. One that
# has a later one goes: the last of a half day stays, whichever of the others are gone by then.
DELETE_PART: Final = f"""
    DELETE FROM chains
    WHERE product = :product AND sequence > :after AND sequence <= :through AND EXISTS (
        SELECT 1 FROM chains AS later
        WHERE later.product = chains.product AND later.expiry = chains.expiry
        AND later.timestamp > chains.timestamp
        AND later.timestamp < chains.timestamp + {_HALF_DAY}
            - (chains.timestamp % {_HALF_DAY} + {_HALF_DAY}) % {_HALF_DAY}
    )
"""  # noqa: S608 - a constant number


def thin_chains(connection: sqlite3.Connection, *, before: datetime, limit: int) -> int:
    """Look through up to `limit` chains that came before a moment; return how many.

    Raises:
        ValueError: the limit is below 1.
    """
    if limit < 1:
        raise ValueError(f"thinning looks through at least 1 chain, not {limit}")
    seen = 0
    for product in texts_of(connection, "chains", "product", {}):
        seen += _thin_product(connection, product, microseconds_of(before), limit - seen)
        if seen == limit:
            break
    if seen:
        forget_expiries(connection)
    return seen


def _thin_product(connection: sqlite3.Connection, product: str, before: int, limit: int) -> int:
    after = pruned_through(connection, Kind.CHAINS, product)
    part: dict[str, Any] = {"product": product, "after": after, "before": before, "limit": limit}
    count, through = connection.execute(PART, part).fetchone()
    if count:
        connection.execute(DELETE_PART, part | {"through": through})
        remember_pruned(connection, Kind.CHAINS, product, through)
    return int(count)
