"""One suite for every user database: a new one is one more id here."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from tests.store import mongo_servers

from deltastream.adapters.users.choose import open_users
from deltastream.ports.users import UserDatabase


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
    """Return what the user database is."""
    name: str = request.param
    return name


@pytest.fixture
def users_url(adapter: str, tmp_path: Path, mongo_server: Callable[[str], str]) -> Iterator[str]:
    """Return where an empty database is to be."""
    if adapter == "sqlite":
        yield f"sqlite:{tmp_path / 'users.db'}"
        return
    with mongo_servers.empty_database(mongo_server(adapter)) as url:
        yield url


@pytest.fixture
async def database(users_url: str) -> AsyncIterator[UserDatabase]:
    """Open an empty database."""
    opened = await open_users(users_url)
    yield opened
    await opened.close()
