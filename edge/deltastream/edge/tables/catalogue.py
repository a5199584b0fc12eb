"""Every table."""

from typing import Final

from deltastream.edge.tables.chain_tables import CHAIN, OPEN_INTEREST
from deltastream.edge.tables.figure_table import FIGURE_TABLE
from deltastream.edge.tables.history_tables import MAX_PAIN_HISTORY, PUT_CALL_RATIO, STRADDLE
from deltastream.edge.tables.listing_tables import (
    EXPIRIES,
    EXPIRY_OPTIONS,
    PRODUCT_OPTIONS,
    PRODUCTS,
)
from deltastream.edge.tables.price_tables import CANDLES, PRICES
from deltastream.edge.tables.strike_tables import BUILDUP, GAMMA_EXPOSURE, GAMMA_PROFILE, MAX_PAIN
from deltastream.edge.tables.table import Table
from deltastream.edge.tables.volatility_tables import SMILE, SURFACE, TERM_STRUCTURE

TABLES: Final[tuple[Table, ...]] = (
    CHAIN,
    FIGURE_TABLE,
    OPEN_INTEREST,
    BUILDUP,
    MAX_PAIN,
    SMILE,
    TERM_STRUCTURE,
    SURFACE,
    GAMMA_EXPOSURE,
    GAMMA_PROFILE,
    STRADDLE,
    PUT_CALL_RATIO,
    MAX_PAIN_HISTORY,
    CANDLES,
    PRICES,
    PRODUCTS,
    EXPIRIES,
    PRODUCT_OPTIONS,
    EXPIRY_OPTIONS,
)
"""In the order in which they are shown."""
