"""What an adapter or a server does not do that others do, in one place."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pytest
from tests.fixtures import mongo_servers

from deltastream.domain.events import EnrichedChain, Legs
from deltastream.domain.figures import LegFigures

SideT = TypeVar("SideT", Legs, LegFigures)

SQLITE_ALONE = pytest.mark.parametrize("adapter", ["sqlite"], indirect=True)
"""Marks what only SQLite promises: a batch is a transaction, whole or not at all."""

MONGODB_ALONE = pytest.mark.parametrize("adapter", mongo_servers.PARAMETERS, indirect=True)
"""Marks what is about MongoDB's documents, commands and failures."""

CANCELS_CONNECTING = [
    pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning"),
    pytest.mark.usefixtures("collected"),
]
"""Marks what cancels the driver while it connects: it leaves the socket to the collector."""


def writes_batches_whole(store_url: str) -> bool:
    """Say whether a batch is written whole or not at all."""
    return store_url.startswith("sqlite:")


def skip_unless_replacing_is_atomic(adapter: str) -> None:
    """Skip the test where a server finds the document to replace, and replaces it later."""
    if adapter == "mongodb-ferretdb":
        pytest.skip("FerretDB 1 replaces what its filter matched before another writer came")


def skip_unless_it_asks_for_credentials(adapter: str) -> None:
    """Skip the test where a server has no users."""
    if adapter == "mongodb-java-server":
        pytest.skip("mongo-java-server has no authentication")


def as_kept(adapter: str, enriched: EnrichedChain) -> EnrichedChain:
    """Return what a server can keep of a chain: with FerretDB no infinity and no negative zero.

    It refuses the former and drops the latter's sign. MongoDB keeps both.
    """
    if adapter != "mongodb-ferretdb":
        return enriched
    chain = enriched.chain
    return replace(
        enriched,
        chain=replace(chain, calls=_plain(chain.calls), puts=_plain(chain.puts)),
        call_figures=_plain(enriched.call_figures),
        put_figures=_plain(enriched.put_figures),
    )


def _plain(side: SideT) -> SideT:
    columns: dict[str, Any] = {each.name: getattr(side, each.name) for each in fields(side)}
    for name, column in columns.items():
        if column.dtype == np.float64:
            # Adding zero makes a negative zero a positive one.
            columns[name] = np.where(np.isinf(column), 1.0, column) + 0.0
    return replace(side, **columns)
