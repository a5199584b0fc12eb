"""A source that says of its markets what a test tells it to."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from deltastream.domain.events import MarketEvent
from deltastream.domain.instruments import Product
from deltastream.domain.session import UNKNOWN_MARKET, MarketSession, MarketState, SourceKind
from deltastream.ports.source import SkippedRecords


def product(symbol: str) -> Product:
    return Product(symbol=symbol, name="", exchange="", currency="INR", time_zone="Asia/Kolkata")


class StatedSource:
    """Has two products and no events."""

    kind = SourceKind.LIVE
    description = "as stated"
    products: Sequence[Product] = (product("NIFTY"), product("SPY"))
    exhausted = False

    def __init__(self) -> None:
        self.skipped = SkippedRecords()
        self.states: dict[str, MarketState] = {}
        self.attention: list[str] = []

    def state(self, **sessions: MarketSession) -> None:
        """Say the sessions of products."""
        self.states |= {name: MarketState(session=one) for name, one in sessions.items()}

    def market(self, product: str, now: datetime) -> MarketState:
        return self.states.get(product, UNKNOWN_MARKET)

    def notices(self, now: datetime) -> Sequence[str]:
        return self.attention

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        batches: Sequence[Sequence[MarketEvent]] = ()
        for batch in batches:
            yield batch
