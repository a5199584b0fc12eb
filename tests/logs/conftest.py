"""One suite for every log store, and a service over a real one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.logs.entries import SettableClock
from tests.logs.served import Served, serving_logs

from deltastream.adapters.logs.choose import open_logs
from deltastream.ports.log_store import LogStore

MOST_BYTES = 512 * 1024

Open = Callable[[], Awaitable[LogStore]]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(params=["memory", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where each kind of store is to be."""
    return "memory:" if request.param == "memory" else f"sqlite:{tmp_path / 'logs.db'}"


@pytest.fixture
async def store(url: str, clock: SettableClock) -> AsyncIterator[LogStore]:
    """Open an empty store that holds half a megabyte."""
    opened = await open_logs(url, most_bytes=MOST_BYTES, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def served(tmp_path: Path, clock: SettableClock) -> AsyncIterator[Served]:
    """Serve a log in SQLite."""
    async with serving_logs(f"sqlite:{tmp_path / 'logs.db'}", clock=clock) as running:
        yield running
