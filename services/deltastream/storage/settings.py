"""Storage's settings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from deltastream.ports.store import Kind
from deltastream.runtime.ages import Age
from deltastream.runtime.settings import RoleSettings, Url


class StorageSettings(RoleSettings):
    """What storage can be told.

    Ages are written as days, hours or minutes, such as `7d`, `12h` or `30m`, or as `forever`; they
    count from when an event came, so that a replay of last year is kept as long as today's market.

    Attributes:
        storage_listen: HOST:PORT at which the role serves gRPC.
        auth_address: where auth answers.
        store_url: the market database: `sqlite:PATH`, or `mongodb://HOST/DATABASE`; by default a
            file in the data directory.
        cache_url: where the latest values are kept: `redis://…`, or `memory:`.
        retain_ticks: how long ticks are kept. Their candles stay, so a week is for looking closely
            and for candles to be made anew.
        retain_quotes: how long quotes are kept. No figure is computed from them, and a chain says
            the same of all strikes at once.
        retain_chains: how long chains are kept. They are nearly all of the database: about 9 kB
            for 21 strikes, 4 GB a day at the pace of the synthetic market.
        retain_closes: how long the last chain of each half day is kept, of each expiry, where that
            is longer than all chains are: the rank of implied volatility compares up to a year of
            sessions and needs 20. They are some 170 MB a year of the synthetic market.
        retain_candles: how long candles are kept. A year of a product is some hundred thousand
            small rows, and volatility is measured over years.
    """

    role: ClassVar[str] = "storage"

    storage_listen: str = "127.0.0.1:8003"
    auth_address: str = "127.0.0.1:8001"
    store_url: Url = ""
    cache_url: Url = "memory:"
    retain_ticks: Age = timedelta(days=7)
    retain_quotes: Age = timedelta(days=1)
    retain_chains: Age = timedelta(days=7)
    retain_closes: Age = timedelta(days=400)
    retain_candles: Age = None

    @property
    def market_store_url(self) -> str:
        """The URL of the market database, the default filled in."""
        return self.store_url or f"sqlite:{self.data_dir / 'market.db'}"

    @property
    def ages(self) -> Mapping[Kind, timedelta | None]:
        """How long each kind is kept; None is forever."""
        return {
            Kind.TICKS: self.retain_ticks,
            Kind.QUOTES: self.retain_quotes,
            Kind.CHAINS: self.retain_chains,
            Kind.CANDLES: self.retain_candles,
        }
