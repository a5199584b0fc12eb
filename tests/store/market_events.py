"""Short ways to write market events down in tests, and to compare chains."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.events import (
    LEG_COLUMNS,
    Candle,
    EnrichedChain,
    Legs,
    OptionChain,
    OptionQuote,
    UnderlyingTick,
)
from deltastream.domain.figures import (
    FIGURE_CODES,
    FIGURE_COLUMNS,
    ChainMetrics,
    LegFigures,
    PricingConvention,
)
from deltastream.domain.instruments import OptionType
from deltastream.domain.missing import MissingReason
from deltastream.ports.store import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPENING = datetime(2026, 1, 23, 3, 45, tzinfo=UTC)
NEAR = date(2026, 1, 27)
FAR = date(2026, 2, 3)
EVERYTHING = Window(limit=10_000)
SYMBOL = "NIFTY-20260127-24500-CE"


def at(seconds: float) -> datetime:
    """Return a moment, in seconds after the opening."""
    return OPENING + timedelta(seconds=seconds)


def published_at(sequence: int) -> datetime:
    """Return the moment that a sequence stands for."""
    return EPOCH + timedelta(microseconds=sequence)


def tick(sequence: int, *, seconds: float | None = None, **changes: Any) -> UnderlyingTick:
    """Build a tick; unless it is said, its time follows its sequence."""
    stated = UnderlyingTick(
        product="NIFTY",
        price=24_500.05 + sequence,
        timestamp=at(sequence if seconds is None else seconds),
        sequence=sequence,
    )
    return replace(stated, **changes)


def quote(seconds: float, *, sequence: int, **changes: Any) -> OptionQuote:
    """Build a quote of SYMBOL."""
    stated = OptionQuote(
        symbol=SYMBOL,
        product="NIFTY",
        expiry=NEAR,
        option_type=OptionType.CALL,
        strike=24_500.0,
        timestamp=at(seconds),
        sequence=sequence,
        bid=101.5,
    )
    return replace(stated, **changes)


def candle(seconds: float, **changes: Any) -> Candle:
    """Build a provisional one-minute candle."""
    stated = Candle(
        product="NIFTY",
        window_minutes=1,
        start=at(seconds),
        open=10.0,
        high=12.0,
        low=9.0,
        close=11.0,
        tick_count=3,
        mean=10.5,
        variance=0.25,
    )
    return replace(stated, **changes)


def legs(*strikes: float) -> Legs:
    """Build legs that state a bid and nothing else."""
    table = np.full((len(strikes), len(LEG_COLUMNS)), np.nan)
    table[:, 0] = strikes
    table[:, 1] = np.arange(len(strikes)) + 0.05
    return Legs.from_table(table)


def figures(count: int) -> LegFigures:
    """Build figures that are all different, the last leg's absent."""
    table = np.arange(float(len(FIGURE_COLUMNS) * count)).reshape(-1, count)
    table[:, -1:] = np.nan
    codes = np.arange(len(FIGURE_CODES) * count, dtype=np.int8).reshape(-1, count)
    columns: dict[str, Any] = dict(zip(FIGURE_COLUMNS, table, strict=True))
    columns |= zip(FIGURE_CODES, codes, strict=True)
    return LegFigures(**columns)


def chain(
    seconds: float,
    *,
    sequence: int,
    expiry: date = NEAR,
    product: str = "NIFTY",
    spot_price: float | None = 24_510.4,
) -> EnrichedChain:
    """Build an enriched chain of a few strikes."""
    return EnrichedChain(
        chain=OptionChain(
            product=product,
            expiry=expiry,
            spot_price=spot_price,
            timestamp=at(seconds),
            calls=legs(24_400, 24_500, 24_600),
            puts=legs(24_400, 24_500),
            sequence=sequence,
        ),
        call_figures=figures(3),
        put_figures=figures(2),
        metrics=ChainMetrics(
            total_call_oi=100.0,
            total_put_oi=120.0,
            total_call_volume=0.0,
            total_put_volume=5.0,
            pcr_oi=1.2,
            atm_strike=24_500.0,
            atm_iv=0.125,
            convention=PricingConvention.NSE,
            max_pain_ties=(24_400.0, 24_500.0),
            missing={
                "pcr_volume": MissingReason.NO_CALL_VOLUME,
                "atm_straddle_price": MissingReason.NO_PRICE,
            },
        ),
        processed_at=at(seconds + 0.001),
    )


def facts(enriched: EnrichedChain) -> dict[str, Any]:
    """Return all that a chain states, so that equal chains are equal; NaN equals NaN."""
    chain = enriched.chain
    stated = {column.name: getattr(chain, column.name) for column in fields(chain)}
    for side in ("calls", "puts"):
        stated[side] = (len(stated[side]), bits_of(stated[side].table()))
    return {
        **stated,
        "call_figures": figure_facts(enriched.call_figures),
        "put_figures": figure_facts(enriched.put_figures),
        "metrics": enriched.metrics,
        "processed_at": enriched.processed_at,
    }


def figure_facts(figures: LegFigures) -> dict[str, tuple[str, bytes]]:
    """Return what figures state; NaN equals NaN."""
    columns = {column.name: getattr(figures, column.name) for column in fields(figures)}
    return {name: (str(column.dtype), bits_of(column)) for name, column in columns.items()}


def bits_of(numbers: NDArray[Any]) -> bytes:
    """Return what numbers are to the last bit, but for NaN: it says "absent", whatever its bits."""
    absent = numbers != numbers  # noqa: PLR0124 - true of NaN alone, and of no code
    return np.where(absent, np.nan, numbers).astype(numbers.dtype).tobytes()
