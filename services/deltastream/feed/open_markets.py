"""Which markets trade, as it is measured: silence means nothing where nobody trades."""

from deltastream.domain.session import MarketSession
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments


class OpenMarkets:
    """Measures of every product of a source whether its exchange trades.

    Args:
        source: has the products, and knows their markets.
        clock: says what time it is.
        instruments: of the process.
    """

    def __init__(self, source: Source, *, clock: Clock, instruments: Instruments = PROCESS) -> None:
        self._source = source
        self._clock = clock
        self._instruments = instruments

    async def look(self) -> None:
        """Measure everything once."""
        now = self._clock()
        for product in self._source.products:
            session = self._source.market(product.symbol, now).session
            gauge = self._instruments.gauge(names.MARKET_OPEN, product=product.symbol)
            gauge.set(session is MarketSession.OPEN)
