"""Short ways to write option chains down in tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import LEG_COLUMNS, Legs, OptionChain
from deltastream.domain.figures import ChainMetrics
from deltastream.domain.pricing_terms import PricingTerms


def legs(strikes: Sequence[float], **columns: Sequence[float] | FloatArray | float) -> Legs:
    """Build legs; a column that is not given is not stated, a single figure holds for all."""
    table = np.full((len(strikes), len(LEG_COLUMNS)), np.nan)
    table[:, 0] = strikes
    for name, figures in columns.items():
        table[:, LEG_COLUMNS.index(name)] = figures
    return Legs.from_table(table)


def legs_with_open_interest(open_interest: Mapping[float, float]) -> Legs:
    """Build legs of which only the open interest is stated, by strike."""
    strikes = sorted(open_interest)
    return legs(strikes, open_interest=[open_interest[strike] for strike in strikes])


def chain(*, calls: Legs, puts: Legs, spot_price: float | None = 100.0) -> OptionChain:
    """Build a chain whose names and dates do not matter."""
    return OptionChain(
        product="NIFTY",
        expiry=date(2026, 1, 27),
        spot_price=spot_price,
        timestamp=datetime(2026, 1, 23, 10, tzinfo=UTC),
        calls=calls,
        puts=puts,
    )


def measure(chain: OptionChain) -> ChainMetrics:
    """Return what a chain means as a whole, on usual terms."""
    return analyse(chain, PricingTerms()).metrics
