"""One suite for every user database."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from tests.fixtures import mongo_servers

from deltastream.adapters.users.choose import open_users
from deltastream.ports.users import UserDatabase


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
