"""The market database in MongoDB."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Self

from deltastream.adapters.store.clock import utc_now
from deltastream.adapters.store.mongodb.candles import list_candles, put_candles
from deltastream.adapters.store.mongodb.chain_samples import list_sampled_chains
from deltastream.adapters.store.mongodb.chains import RUNS as CHAIN_RUNS
from deltastream.adapters.store.mongodb.chains import list_chains, list_expiries, put_chains
from deltastream.adapters.store.mongodb.connection import Connection
from deltastream.adapters.store.mongodb.indexes import ensure_indexes
from deltastream.adapters.store.mongodb.location import location_of
from deltastream.adapters.store.mongodb.products import list_products, put_products
from deltastream.adapters.store.mongodb.pruning import prune
from deltastream.adapters.store.mongodb.quotes import list_quotes, put_quotes
from deltastream.adapters.store.mongodb.thinning import thin_chains
from deltastream.adapters.store.mongodb.ticks import RUNS as TICK_RUNS
from deltastream.adapters.store.mongodb.ticks import list_ticks, put_ticks
from deltastream.domain.events import Candle, EnrichedChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.ports.clock import Clock
from deltastream.ports.store import Kind, Run, Window, Written


class MongoMarketStore:
    """A MarketStore in one database of a MongoDB server, replica set or sharded cluster.

    A document an event, of which other tools may read the fields; they are named as in the
    contract. Each is written by itself: a reader may see a part of a batch, and after an error any
    part of it may be there. Acknowledged writes are journaled by the majority of the members. That
    an older event never replaces a newer one rests on the server replacing a document atomically,
    as MongoDB does; FerretDB 1 does not, and is not for writers of the same events at once.

    At most 64 calls are under way; further callers wait, in order. A cancelled write may be made
    all the same.
    """

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    @classmethod
    async def open(cls, url: str, *, clock: Clock = utc_now) -> Self:
        """Connect, and make the indexes that are not there yet.

        A server that does not answer yet is no error: calls say so until it does.

        Args:
            url: `mongodb://` or `mongodb+srv://`; its path names the database, `deltastream`
                where there is none, and its options override this adapter's bounds.
            clock: says when a candle is written.

        Raises:
            DatabaseUnusableError: the URL is not understood, or the server refuses it.
        """
        connection = await Connection.open(location_of(url), prepare=ensure_indexes)
        return cls(connection, clock=clock)

    async def put_products(self, products: Sequence[Product]) -> Written:
        """Store descriptions by symbol; the same one again is unchanged."""
        async with self._connection.call() as database:
            return await put_products(database, products)

    async def put_ticks(self, ticks: Sequence[UnderlyingTick]) -> Written:
        """Store ticks, keyed by (product, sequence)."""
        async with self._connection.call() as database:
            return await put_ticks(database, ticks)

    async def put_quotes(self, quotes: Sequence[OptionQuote]) -> Written:
        """Store quotes, keyed by (symbol, timestamp)."""
        async with self._connection.call() as database:
            return await put_quotes(database, quotes)

    async def put_chains(self, chains: Sequence[EnrichedChain]) -> Written:
        """Store chains, keyed by (product, expiry, timestamp)."""
        async with self._connection.call() as database:
            return await put_chains(database, chains)

    async def put_candles(self, candles: Sequence[Candle]) -> Written:
        """Store candles, keyed by (product, window, start)."""
        async with self._connection.call() as database:
            return await put_candles(database, candles, written_at=self._clock())

    async def products(self) -> list[Product]:
        """Return all products, by symbol."""
        async with self._connection.call() as database:
            return await list_products(database)

    async def expiries(self, product: str, *, past: bool = False) -> list[date]:
        """Return the expiries of a product that have chains, ascending."""
        async with self._connection.call() as database:
            return await list_expiries(database, product, past=past)

    async def ticks(self, product: str, window: Window) -> list[UnderlyingTick]:
        """List ticks."""
        async with self._connection.call() as database:
            return await list_ticks(database, product, window)

    async def quotes(self, symbol: str, window: Window) -> list[OptionQuote]:
        """List quotes of one option."""
        async with self._connection.call() as database:
            return await list_quotes(database, symbol, window)

    async def chains(
        self, product: str, expiry: date | None, window: Window, *, with_legs: bool
    ) -> list[EnrichedChain]:
        """List chains of one expiry or of all."""
        async with self._connection.call() as database:
            return await list_chains(database, product, expiry, window, with_legs=with_legs)

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
        async with self._connection.call() as database:
            return await list_sampled_chains(
                database, product, expiry, interval, window, with_legs=with_legs
            )

    async def candles(self, product: str, window_minutes: int, window: Window) -> list[Candle]:
        """List candles of one length."""
        async with self._connection.call() as database:
            return await list_candles(database, product, window_minutes, window)

    async def read_ticks(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[UnderlyingTick]:
        """Read ticks in the order of their sequence."""
        async with self._connection.call() as database:
            return await TICK_RUNS.read(
                database, product, after=after, through=through, limit=limit
            )

    async def read_chains(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[EnrichedChain]:
        """Read chains in the order of their sequence."""
        async with self._connection.call() as database:
            return await CHAIN_RUNS.read(
                database, product, after=after, through=through, limit=limit
            )

    async def prune(self, kind: Kind, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` documents of a kind that came before a moment."""
        async with self._connection.call() as database:
            return await prune(database, kind, before=before, limit=limit)

    async def thin_chains(self, *, before: datetime, limit: int) -> int:
        """Look through up to `limit` chains, and keep the last of each half day."""
        async with self._connection.call() as database:
            return await thin_chains(database, before=before, limit=limit)

    async def ping(self) -> None:
        """Return when the database answers."""
        async with self._connection.call() as database:
            await database.command("ping")

    async def close(self) -> None:
        """Finish what was begun and disconnect."""
        await self._connection.close()
