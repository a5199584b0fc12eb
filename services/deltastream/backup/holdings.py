"""What of a mesh must last, and where it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltastream.adapters.logs.sqlite.schema import LOGS_SCHEMA
from deltastream.adapters.sqlite.location import SCHEME, database_path
from deltastream.adapters.sqlite.migrations import Schema
from deltastream.adapters.store.sqlite.schema import MARKET_SCHEMA
from deltastream.adapters.users.sqlite.schema import USERS_SCHEMA
from deltastream.auth.key_files import FOLDER, KeyFiles
from deltastream.auth.settings import AuthSettings
from deltastream.logs.settings import LogsSettings
from deltastream.runtime.roles import Resource
from deltastream.storage.settings import StorageSettings

FIRST_KEY: Final = "signing-key.pem"
_FORGETFUL: Final = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDatabase:
    """A database of the mesh.

    Attributes:
        name: of its file in a backup.
        url: where it is; it may hold a password.
        resource: what the mesh calls it.
        private: whether only its user may read the file.
    """

    name: str
    url: str
    resource: Resource
    schema: Schema
    private: bool = False

    @property
    def scheme(self) -> str:
        """Which kind of database it is."""
        return self.url.partition(":")[0]

    @property
    def path(self) -> Path | None:
        """Its file; None where it is on a server, or forgets everything."""
        return database_path(self.url) if self.scheme == SCHEME else None

    @property
    def is_elsewhere(self) -> bool:
        """Whether another program has to copy it."""
        return self.scheme not in {SCHEME, _FORGETFUL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that must last and is not on the bus."""

    databases: tuple[HeldDatabase, ...]
    keys: KeyFiles

    def key_paths(self) -> Iterator[tuple[str, Path]]:
        """Yield the files of the private keys that there are, each with its name in a backup."""
        for path in self.keys.paths():
            yield (FIRST_KEY if path == self.keys.first else f"{FOLDER}/{path.name}"), path

    def key_path(self, name: str) -> Path | None:
        """Return where a key of this name in a backup belongs; None of what is no key's name."""
        if name == FIRST_KEY:
            return self.keys.first
        folder, _, file = name.partition("/")
        return self.keys.folder / file if folder == FOLDER and _is_plain(file) else None


def holdings_of(data_dir: Path) -> Holdings:
    """Return what the environment says of the mesh with a data directory.

    Raises:
        SettingsError: the environment cannot be used.
        ValueError: a URL names no file.
    """
    auth = AuthSettings.load(data_dir=data_dir)
    market = StorageSettings.load(data_dir=data_dir).market_store_url
    logs = LogsSettings.load(data_dir=data_dir).log_store_url
    return Holdings(
        databases=(
            HeldDatabase(
                name="market.db", url=market, resource=Resource.STORE, schema=MARKET_SCHEMA
            ),
            HeldDatabase(
                name="users.db",
                url=auth.user_store_url,
                resource=Resource.USERS,
                schema=USERS_SCHEMA,
                private=True,
            ),
            HeldDatabase(
                name="logs.db",
                url=logs,
                resource=Resource.LOGS,
                schema=LOGS_SCHEMA,
                private=True,
            ),
        ),
        keys=auth.key_files,
    )


def _is_plain(file: str) -> bool:
    return Path(file).name == file and file.endswith(".pem")
