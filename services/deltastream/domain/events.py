"""Market events as values: what the feed publishes and what enrichment makes of it.

Inside arrays, NaN marks what the source did not state. It never leaves the process: the encoders
turn it into an absent field.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Self

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.figures import ChainAnalysis, ChainMetrics, LegFigures
from deltastream.domain.instruments import OptionType


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingTick:
    """One price of an underlying.

    Attributes:
        timestamp: the exchange's time, UTC.
        sequence: orders the events of one product; 0 until the feed has assigned it.
        volume: quantity traded at this price; None when the source does not say.
        processed_at: when the mesh last touched it, UTC.
    """

    product: str
    price: float
    timestamp: datetime
    sequence: int = 0
    volume: float | None = None
    processed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionQuote:
    """One option's quote, outside a chain. None is what the source did not state."""

    symbol: str
    product: str
    expiry: date
    option_type: OptionType
    strike: float
    timestamp: datetime
    sequence: int = 0
    bid: float | None = None
    ask: float | None = None
    last: float | None = None
    volume: float | None = None
    open_interest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Legs:
    """The calls or the puts of a chain: parallel arrays of shape (listed strikes,).

    `strikes` ascend without repetition. Everywhere else NaN is what the source did not state.
    """

    strikes: FloatArray
    bid: FloatArray
    ask: FloatArray
    last: FloatArray
    volume: FloatArray
    open_interest: FloatArray
    change_in_open_interest: FloatArray
    price_change: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    quoted_iv: FloatArray

    @classmethod
    def from_table(cls, table: FloatArray) -> Self:
        """Read a table of shape (strikes, len(LEG_COLUMNS)), columns in the fields' order."""
        return cls(**dict(zip(LEG_COLUMNS, table.T, strict=True)))

    def table(self) -> FloatArray:
        """Return all columns as one array of shape (strikes, len(LEG_COLUMNS))."""
        return np.column_stack([getattr(self, name) for name in LEG_COLUMNS])

    def __len__(self) -> int:
        return len(self.strikes)


LEG_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Legs))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionChain:
    """All listed options of one product and expiry at one time, as the source gave them.

    Attributes:
        spot_price: price of the underlying; None when the source does not state it.
        timestamp: the exchange's time, UTC.
        expires_at: the instant of expiry, UTC; None when unknown.
        sequence: orders the events of one product; 0 until the feed has assigned it.
        published_at: when the feed published it, UTC.
    """

    product: str
    expiry: date
    spot_price: float | None
    timestamp: datetime
    calls: Legs
    puts: Legs
    expires_at: datetime | None = None
    sequence: int = 0
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EnrichedChain:
    """A chain and what it means.

    Attributes:
        call_figures, put_figures: parallel to the chain's calls and puts.
    """

    chain: OptionChain
    call_figures: LegFigures
    put_figures: LegFigures
    metrics: ChainMetrics
    processed_at: datetime

    @property
    def analysis(self) -> ChainAnalysis:
        """What was computed of the chain."""
        return ChainAnalysis(
            call_figures=self.call_figures, put_figures=self.put_figures, metrics=self.metrics
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """The prices of one product in one event-time window.

    Attributes:
        start: first instant of the window, UTC.
        mean: arithmetic mean of the tick prices; None when imputed.
        variance: their population variance; None when imputed.
        final: the watermark has passed the window's end.
        revision: counts the final versions of the window, from 0.
    """

    product: str
    window_minutes: int
    start: datetime
    open: float
    high: float
    low: float
    close: float
    tick_count: int
    volume: float | None = None
    mean: float | None = None
    variance: float | None = None
    final: bool = False
    revision: int = 0
    imputed: bool = False


MarketEvent = UnderlyingTick | OptionQuote | OptionChain
