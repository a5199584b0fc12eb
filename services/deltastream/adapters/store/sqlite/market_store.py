"""The market database in SQLite."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Self

from deltastream.adapters.sqlite.connection import DatabaseFile
from deltastream.adapters.sqlite.database import Database
from deltastream.adapters.store.clock import utc_now
from deltastream.adapters.store.sqlite.candles import list_candles, put_candles
from deltastream.adapters.store.sqlite.chain_samples import list_sampled_chains
from deltastream.adapters.store.sqlite.chains import RUNS as CHAIN_RUNS
from deltastream.adapters.store.sqlite.chains import list_chains, put_chains
from deltastream.adapters.store.sqlite.expiries import list_expiries
from deltastream.adapters.store.sqlite.products import list_products, put_products
from deltastream.adapters.store.sqlite.pruning import prune
from deltastream.adapters.store.sqlite.quotes import list_quotes, put_quotes
from deltastream.adapters.store.sqlite.schema import MARKET_SCHEMA
from deltastream.adapters.store.sqlite.thinning import thin_chains
from deltastream.adapters.store.sqlite.ticks import RUNS as TICK_RUNS
from deltastream.adapters.store.sqlite.ticks import list_ticks, put_ticks
from deltastream.domain.events import Candle, EnrichedChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.domain.tick_table import TickTable
from deltastream.ports.clock import Clock
from deltastream.ports.store import Kind, Run, Window, Written

_DEPENDENCY: Final = "store"


class SqliteMarketStore:
    """A MarketStore in one file.

    Besides what the port promises: a batch with a value that cannot be raises InvalidValueError
    and changes nothing. A caller that is cancelled while it writes stops waiting, and the batch
    may be written all the same. At most 64 batches are held; further callers wait, in order.
    """

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, clock: Clock = utc_now, busy_timeout: float = 5.0) -> Self:
        """Open the file, made anew if it is absent.

        Args:
            path: the database file.
            clock: says when a candle is written.
            busy_timeout: seconds to wait for another process that holds it.

        Raises:
            DatabaseUnusableError: with the path, the reason, and what to do.
        """
        file = DatabaseFile(
            path=path, dependency=_DEPENDENCY, schema=MARKET_SCHEMA, busy_timeout=busy_timeout
        )
        return cls(await Database.open(file), clock=clock)

    async def put_products(self, products: Sequence[Product]) -> Written:
        """Store descriptions by symbol; the same one again is unchanged."""
        return await self._database.write(partial(put_products, products=tuple(products)))

    async def put_ticks(self, ticks: Sequence[UnderlyingTick]) -> Written:
        """Store ticks, keyed by (product, sequence)."""
        return await self._database.write(partial(put_ticks, ticks=TickTable.of(ticks)))

    async def put_quotes(self, quotes: Sequence[OptionQuote]) -> Written:
        """Store quotes, keyed by (symbol, timestamp)."""
        return await self._database.write(partial(put_quotes, quotes=tuple(quotes)))

    async def put_chains(self, chains: Sequence[EnrichedChain]) -> Written:
        """Store chains, keyed by (product, expiry, timestamp)."""
        return await self._database.write(partial(put_chains, chains=tuple(chains)))

    async def put_candles(self, candles: Sequence[Candle]) -> Written:
        """Store candles, keyed by (product, window, start)."""
        return await self._database.write(
            partial(put_candles, candles=tuple(candles), written_at=self._clock())
        )

    async def products(self) -> list[Product]:
        """Return all products, by symbol."""
        return await self._database.read(list_products)

    async def expiries(self, product: str, *, past: bool = False) -> list[date]:
        """Return the expiries of a product that have chains, ascending."""
        return await self._database.read(partial(list_expiries, product=product, past=past))

    async def ticks(self, product: str, window: Window) -> list[UnderlyingTick]:
        """List ticks."""
        return await self._database.read(partial(list_ticks, product=product, window=window))

    async def quotes(self, symbol: str, window: Window) -> list[OptionQuote]:
        """List quotes of one option."""
        return await self._database.read(partial(list_quotes, symbol=symbol, window=window))

    async def chains(
        self, product: str, expiry: date | None, window: Window, *, with_legs: bool
    ) -> list[EnrichedChain]:
        """List chains of one expiry or of all."""
        return await self._database.read(
            partial(list_chains, product=product, expiry=expiry, window=window, with_legs=with_legs)
        )

    async def sampled_chains(
        self,
        product: str,
        expiry: date,
        interval: timedelta,
        window: Window,
        *,
        with_legs: bool,
    ) -> list[EnrichedChain]:
        """List the newest chain of each interval, of one expiry."""
        return await self._database.read(
            partial(
                list_sampled_chains,
                product=product,
                expiry=expiry,
                interval=interval,
                window=window,
                with_legs=with_legs,
            )
        )

    async def candles(self, product: str, window_minutes: int, window: Window) -> list[Candle]:
        """List candles of one length."""
        return await self._database.read(
            partial(list_candles, product=product, window_minutes=window_minutes, window=window)
        )

    async def read_ticks(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[UnderlyingTick]:
        """Read ticks in the order of their sequence."""
        return await self._database.read(
            partial(TICK_RUNS.read, product=product, after=after, through=through, limit=limit)
        )

    async def read_chains(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[EnrichedChain]:
        """Read chains in the order of their sequence."""
        return await self._database.read(
            partial(CHAIN_RUNS.read, product=product, after=after, through=through, limit=limit)
        )

    async def prune(self, kind: Kind, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` rows of a kind that came before a moment."""
        return await self._database.write(partial(prune, kind=kind, before=before, limit=limit))

    async def thin_chains(self, *, before: datetime, limit: int) -> int:
        """Look through up to `limit` chains, and keep the last of each half day."""
        return await self._database.write(partial(thin_chains, before=before, limit=limit))

    async def ping(self) -> None:
        """Return when the database answers."""
        await self._database.ping()

    async def close(self) -> None:
        """Finish what was begun and release the file."""
        await self._database.close()
