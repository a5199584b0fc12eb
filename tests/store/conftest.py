"""One suite for every market database."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from tests.fixtures import mongo_servers

from deltastream.adapters.store.choose import open_store
from deltastream.ports.store import MarketStore


@pytest.fixture
def store_url(adapter: str, tmp_path: Path, mongo_server: Callable[[str], str]) -> Iterator[str]:
    """Return where an empty database is to be."""
    if adapter == "sqlite":
        yield f"sqlite:{tmp_path / 'market.db'}"
        return
    with mongo_servers.empty_database(mongo_server(adapter)) as url:
        yield url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[MarketStore]:
    """Open an empty database."""
    opened = await open_store(store_url)
    yield opened
    await opened.close()


@pytest.fixture
def collected() -> Iterator[None]:
    """Collect what a test left, as long as the filters of its warnings hold."""
    yield
    gc.collect()
