"""One suite for every market database: a new one is one more id here."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from tests.store import mongo_servers

from deltastream.adapters.store.choose import open_store
from deltastream.ports.store import MarketStore


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Return what starts a server that speaks MongoDB's protocol, once, and says its URL."""
    with ExitStack() as started:

        @cache
        def url_of(server: str) -> str:
            if server == mongo_servers.REAL:
                return mongo_servers.real_url()
            folder = tmp_path_factory.mktemp(server)
            return started.enter_context(mongo_servers.running(server, folder))

        yield url_of


@pytest.fixture(params=["sqlite", *mongo_servers.PARAMETERS])
def adapter(request: pytest.FixtureRequest) -> str:
    """Return what the market database is."""
    name: str = request.param
    return name


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
