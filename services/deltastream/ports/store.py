"""The market database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from deltastream.domain.events import Candle, EnrichedChain, OptionQuote, UnderlyingTick
from deltastream.domain.instruments import Product
from deltastream.ports.windows import Cursor, Window

__all__ = ["Cursor", "Kind", "MarketStore", "Run", "Window", "Written"]

EventT_co = TypeVar("EventT_co", covariant=True)


class Kind(StrEnum):
    """What is kept for a time of its own."""

    TICKS = "ticks"
    QUOTES = "quotes"
    CHAINS = "chains"
    CANDLES = "candles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a batch changed: rows written or replaced, and rows that were there already."""

    stored: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Generic[EventT_co]):
    """Consecutive events of a product, by sequence.

    Attributes:
        events: in the order of their sequence.
        complete: whether no event after the beginning of the run has been pruned, or looked
            through by `thin_chains`.
    """

    events: Sequence[EventT_co]
    complete: bool


class MarketStore(Protocol):
    """What storage needs of a database.

    Writes are durable when they return, all of the batch, and idempotent: rows are keyed by what
    the event is about, a row of a higher sequence replaces one of a lower, never the reverse.
    After an error any part of the batch may have been written, and repeating it is safe. Whether
    readers may see a part of a batch that is being written is the adapter's to say.
    Listings are newest first, ties by key. Every method raises DependencyUnavailableError when
    the database does not answer.
    """

    async def put_products(self, products: Sequence[Product]) -> Written:
        """Store descriptions by symbol; a later one replaces an earlier one."""
        ...

    async def put_ticks(self, ticks: Sequence[UnderlyingTick]) -> Written:
        """Store ticks, keyed by (product, sequence)."""
        ...

    async def put_quotes(self, quotes: Sequence[OptionQuote]) -> Written:
        """Store quotes, keyed by (symbol, timestamp)."""
        ...

    async def put_chains(self, chains: Sequence[EnrichedChain]) -> Written:
        """Store chains, keyed by (product, expiry, timestamp)."""
        ...

    async def put_candles(self, candles: Sequence[Candle]) -> Written:
        """Store candles, keyed by (product, window, start); a higher revision replaces a lower.

        Of one revision, a final candle replaces a provisional one and is replaced by none; of two
        provisional ones, that of more ticks holds.
        """
        ...

    async def products(self) -> list[Product]:
        """Return all products, by symbol."""
        ...

    async def expiries(self, product: str, *, past: bool = False) -> list[date]:
        """Return the expiries of a product that have chains, ascending.

        Those of which only closes are kept, as all of their chains have been looked through by
        `thin_chains`, are among them where the past is wanted too.
        """
        ...

    async def ticks(self, product: str, window: Window) -> list[UnderlyingTick]:
        """List ticks. The cursor's key is the sequence."""
        ...

    async def quotes(self, symbol: str, window: Window) -> list[OptionQuote]:
        """List quotes of one option. The cursor's key is empty."""
        ...

    async def chains(
        self, product: str, expiry: date | None, window: Window, *, with_legs: bool
    ) -> list[EnrichedChain]:
        """List chains of one expiry or of all. The cursor's key is the expiry, ISO format.

        Without legs, calls and puts and their figures are empty and the read is much cheaper.
        """
        ...

    async def sampled_chains(
        self,
        product: str,
        expiry: date,
        interval: timedelta,
        window: Window,
        *,
        with_legs: bool,
    ) -> list[EnrichedChain]:
        """List the newest chain of each interval, of one expiry. The cursor is that of `chains`.

        Intervals are aligned to 1970-01-01T00:00:00Z and hold their first instant; those without
        a chain are passed over. The window comes first: of an interval that its start or end
        cuts, the newest chain inside the window is listed. Continuing after a chain, none of the
        same interval is listed again, although others came meanwhile. The cost grows with the
        intervals that are listed, not with the chains that are passed over.

        Raises ValueError when the interval is not positive.
        """
        ...

    async def candles(self, product: str, window_minutes: int, window: Window) -> list[Candle]:
        """List candles of one length. The cursor's key is empty."""
        ...

    async def read_ticks(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[UnderlyingTick]:
        """Return up to `limit` ticks of the sequences above `after`, up to `through`, ascending.

        Raises ValueError when the limit is below 1.
        """
        ...

    async def read_chains(
        self, product: str, *, after: int, through: int, limit: int
    ) -> Run[EnrichedChain]:
        """Return up to `limit` chains, with legs, of the sequences above `after`, up to `through`.

        Ascending. Raises ValueError when the limit is below 1.
        """
        ...

    async def prune(self, kind: Kind, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` rows of a kind that came before a moment; return how many.

        Age counts from when an event came to the mesh, not from when the market made it, or a
        replay of last year would be deleted as it is written: ticks, quotes and chains are as old
        as their sequence, which is the microsecond of their publication; candles, which have
        none, as the moment at which the store last wrote them. A rewrite that changes nothing
        makes no candle younger.

        Of each product those of the lowest sequence go first. Products stay; an expiry without
        chains is listed no more. What was pruned of ticks and chains is remembered for good, so
        that a run knows whether it is complete.

        Pruning goes in small parts, so that writers need not wait for long; it is finished when
        fewer than `limit` rows were deleted.

        Raises ValueError when the limit is below 1.
        """
        ...

    async def thin_chains(self, *, before: datetime, limit: int) -> int:
        """Keep of chains that came before a moment the closes: the last of each half day.

        Looks through up to `limit` of them, of each product those of the lowest sequence first,
        and returns how many these were. One that has a later one, by its timestamp, of the same
        product, expiry and half day is deleted: the last of a half day stays, in whatever order
        they came and however large the parts are. What they are as old as, and why it goes in
        parts, is said at `prune`, and it is finished likewise when the answer is below `limit`.

        None is looked through twice: how far this came is remembered as what was pruned is, for
        a run that begins before is not complete any more. A chain that is put later than
        that, of a sequence that was passed, stays until it is pruned.

        Raises ValueError when the limit is below 1.
        """
        ...

    async def ping(self) -> None:
        """Return when the database answers."""
        ...

    async def close(self) -> None:
        """Finish what was begun and release the database."""
        ...
