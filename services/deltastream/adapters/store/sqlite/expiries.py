"""Keeps the expiries of the chains that neither pruning nor thinning has come to.

They have a table: finding them among the chains would mean reading a whole index. Those of which
only closes are kept are not in it, and are found among the chains, which are few of them.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Final

from deltastream.adapters.store.sqlite.distinct import texts_of
from deltastream.adapters.store.sqlite.pruned import pruned_through
from deltastream.adapters.store.sqlite.table import Table
from deltastream.domain.events import EnrichedChain
from deltastream.ports.store import Kind

_EXPIRIES: Final = Table(name="expiries", columns=("product", "expiry"), key=("product", "expiry"))
EXPIRIES_QUERY: Final = "SELECT expiry FROM expiries WHERE product = ? ORDER BY expiry"
# The newest first, which is nearly always one that shows that the expiry stays.
FORGET_EXPIRIES: Final = """
    DELETE FROM expiries WHERE (
        SELECT 1 FROM chains
        WHERE chains.product = expiries.product AND chains.expiry = expiries.expiry
        AND chains.sequence > coalesce(
            (
                SELECT through_sequence FROM pruned
                WHERE pruned.kind = ? AND pruned.product = expiries.product
            ),
            -1
        )
        ORDER BY chains.timestamp DESC LIMIT 1
    ) IS NULL
"""


def put_expiries(connection: sqlite3.Connection, chains: Sequence[EnrichedChain]) -> None:
    """Note the expiries of chains, unless they came so late that pruning has gone past them."""
    products = {each.chain.product for each in chains}
    through = {each: pruned_through(connection, Kind.CHAINS, each) for each in products}
    _EXPIRIES.put(
        connection,
        {
            (each.chain.product, each.chain.expiry.isoformat())
            for each in chains
            if each.chain.sequence > through[each.chain.product]
        },
    )


def list_expiries(connection: sqlite3.Connection, product: str, *, past: bool) -> list[date]:
    """Read the expiries that chains of a product have, ascending."""
    if past:
        texts = list(texts_of(connection, "chains", "expiry", {"product": product}))
    else:
        texts = [text for (text,) in connection.execute(EXPIRIES_QUERY, (product,))]
    return [date.fromisoformat(text) for text in texts]


def forget_expiries(connection: sqlite3.Connection) -> None:
    """Forget the expiries of which only closes are left, or nothing."""
    connection.execute(FORGET_EXPIRIES, (Kind.CHAINS,))
