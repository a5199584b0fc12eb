"""Storage's settings."""

from typing import ClassVar

from deltastream.runtime.settings import RoleSettings


class StorageSettings(RoleSettings):
    """What storage can be told.

    Attributes:
        store_url: the market database: `sqlite:PATH`; by default a file in the data directory.
        cache_url: where the latest values are kept: `redis://…`, or `memory:`.
    """

    role: ClassVar[str] = "storage"

    storage_listen: str = "127.0.0.1:8003"
    store_url: str = ""
    cache_url: str = "memory:"

    @property
    def market_store_url(self) -> str:
        """The URL of the market database, the default filled in."""
        return self.store_url or f"sqlite:{self.data_dir / 'market.db'}"
