"""Which markets trade, as the feed measures it."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry
from tests.feed.stated_source import StatedSource

from deltastream.domain.session import MarketSession
from deltastream.feed.open_markets import OpenMarkets
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import Instruments

NOW = datetime(2026, 1, 20, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("session", "shown"),
    [
        (MarketSession.OPEN, 1),
        (MarketSession.PRE_OPEN, 0),
        (MarketSession.CLOSED, 0),
        (MarketSession.UNKNOWN, 0),
    ],
)
async def test_a_market_is_open_while_it_trades(session: MarketSession, shown: int) -> None:
    source, registry = StatedSource(), CollectorRegistry()
    markets = OpenMarkets(source, clock=lambda: NOW, instruments=Instruments(registry))
    source.state(NIFTY=MarketSession.OPEN, SPY=MarketSession.OPEN)
    await markets.look()
    source.state(NIFTY=session)
    await markets.look()
    values = {
        product: registry.get_sample_value(names.MARKET_OPEN.name, {"product": product})
        for product in ("NIFTY", "SPY")
    }
    assert values == {"NIFTY": shown, "SPY": 1}
