"""From the options that a file lists to its chains."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

import numpy as np

from deltastream.adapters.source.snapshots.layout import VALUE_COLUMNS
from deltastream.adapters.source.snapshots.listing import Listing, ValuesByStrike
from deltastream.adapters.source.snapshots.markets import Market
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.instruments import OptionType


def assemble(
    listing: Listing,
    *,
    file: SnapshotFile,
    market: Market,
    symbol: str,
    name: str,
    timestamp: datetime,
    spot_price: float | None,
) -> Snapshot:
    """Make the snapshot of a listing: a chain an expiry, strikes ascending.

    A leg that is not listed is not in the arrays of its side.

    Raises:
        SourceFormatError: nothing is listed.
    """
    if not listing:
        raise nothing_listed(file)
    chains = tuple(
        OptionChain(
            product=symbol,
            expiry=expiry,
            spot_price=spot_price,
            timestamp=timestamp,
            calls=_legs(listing.get((expiry, OptionType.CALL), {})),
            puts=_legs(listing.get((expiry, OptionType.PUT), {})),
            expires_at=market.expires_at(expiry, file.calendars),
        )
        for expiry in sorted({expiry for expiry, _ in listing})
    )
    return Snapshot(
        path=file.path,
        product=market.product(symbol, name=name, strike_step=_strike_step(chains)),
        timestamp=timestamp,
        spot_price=spot_price,
        chains=chains,
    )


def nothing_listed(file: SnapshotFile) -> SourceFormatError:
    """Make the error of a file that lists no option, naming what was wrong with its records."""
    counts = file.skipped.counts.most_common()
    complaints = ", ".join(f"{reason} ({count}x)" for reason, count in counts)
    return file.refusal(
        f"lists no option that could be used: {complaints}; record it again"
        if counts
        else "lists no option; the exchange may have had no data then: record it again"
    )


def _legs(by_strike: ValuesByStrike) -> Legs:
    rows = [(strike, *by_strike[strike]) for strike in sorted(by_strike)]
    return Legs.from_table(np.array(rows, dtype=np.float64).reshape(-1, 1 + len(VALUE_COLUMNS)))


def _strike_step(chains: Iterable[OptionChain]) -> float | None:
    """Return the commonest distance of neighbouring strikes, the least of several."""
    gaps = Counter(
        gap
        for chain in chains
        for lower, upper in pairwise(np.union1d(chain.calls.strikes, chain.puts.strikes).tolist())
        if (gap := round(upper - lower, 6)) > 0
    )
    most = max(gaps.values(), default=0)
    return min((gap for gap, count in gaps.items() if count == most), default=None)
