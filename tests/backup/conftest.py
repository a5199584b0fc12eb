"""The data directory of a mesh, with something of everything that must last."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from click.testing import CliRunner, Result
from pydantic import SecretStr
from tests.auth.conftest import NOW, SECRET, Served, SettableClock, serving_auth
from tests.store.market_events import tick

from deltastream.adapters.logs.choose import open_logs
from deltastream.adapters.store.choose import open_store
from deltastream.adapters.users.choose import open_users
from deltastream.auth.compose import compose
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.settings import AuthSettings
from deltastream.cli import main
from deltastream.runtime.clock import utc_now

TICKS = 500
USER = "ada@example.com"
DATABASES = ("market.db", "users.db", "logs.db")
KEYS = ("signing-key.pem", "signing-keys")


def settings_of(data_dir: Path) -> AuthSettings:
    """Return what auth is told in a data directory."""
    return AuthSettings(data_dir=data_dir, service_secret=SecretStr(SECRET), bcrypt_cost=4)


@asynccontextmanager
async def auth_of(data_dir: Path) -> AsyncIterator[Served]:
    """Serve auth on what a data directory holds."""
    settings = settings_of(data_dir)
    database, clock = await open_users(settings.user_store_url), SettableClock()
    with PasswordHasher(cost=settings.bcrypt_cost) as hasher:
        auth = compose(
            database,
            ring=settings.key_files.load_or_create(),
            hasher=hasher,
            settings=settings,
            clock=clock,
        )
        try:
            async with serving_auth(auth) as stub:
                yield Served(stub=stub, auth=auth, database=database, clock=clock)
        finally:
            await database.close()


def run(*words: str | Path, data_dir: Path) -> Result:
    """Run a command of `deltastream` on a data directory."""
    return CliRunner().invoke(main, [*map(str, words), "--data-dir", str(data_dir)])


def content(data_dir: Path) -> dict[str, bytes]:
    """Return all the files there are, by name; not the lock of a directory."""
    return {
        str(path.relative_to(data_dir)): path.read_bytes()
        for path in sorted(data_dir.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mesh_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory to copy: ticks, a user, two keys, a log."""
    folder = tmp_path_factory.mktemp("mesh") / "data"
    store = await open_store(f"sqlite:{folder / 'market.db'}")
    await store.put_ticks([tick(number) for number in range(TICKS)])
    await store.close()
    logs = await open_logs(f"sqlite:{folder / 'logs.db'}", most_bytes=1 << 20, clock=utc_now)
    await logs.close()
    settings = settings_of(folder)
    settings.key_files.load_or_create()
    settings.key_files.add(signs_from=NOW)
    async with auth_of(folder) as auth:
        await auth.register(USER)
    return folder


@pytest.fixture
def data_dir(mesh_data: Path, tmp_path: Path) -> Path:
    """Return the data directory of a mesh that does not run."""
    return shutil.copytree(mesh_data, tmp_path / "data")


@pytest.fixture
def backup(data_dir: Path, tmp_path: Path) -> Path:
    """Return a backup of the data directory."""
    folder = tmp_path / "backup"
    made = run("backup", folder, data_dir=data_dir)
    assert made.exit_code == 0, made.output
    return folder
