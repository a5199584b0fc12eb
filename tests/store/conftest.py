"""One suite for every market database: a new one is one more id here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deltastream.adapters.store.choose import open_store
from deltastream.ports.store import MarketStore


@pytest.fixture(params=["sqlite"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where an empty database is to be."""
    urls: dict[str, str] = {"sqlite": f"sqlite:{tmp_path / 'market.db'}"}
    return urls[request.param]


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[MarketStore]:
    """Open an empty database."""
    opened = await open_store(store_url)
    yield opened
    await opened.close()
