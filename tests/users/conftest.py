"""One suite for every user store: a new one is one more id here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deltastream.adapters.users.choose import open_users
from deltastream.ports.users import UserStore


@pytest.fixture(params=["sqlite"])
def users_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where an empty database is to be."""
    urls: dict[str, str] = {"sqlite": f"sqlite:{tmp_path / 'users.db'}"}
    return urls[request.param]


@pytest.fixture
async def users(users_url: str) -> AsyncIterator[UserStore]:
    """Open an empty database."""
    opened = await open_users(users_url)
    yield opened
    await opened.close()
