"""What open interest and volume of a chain say: totals, ratios, max pain, support, resistance."""

import numpy as np

from deltastream.domain.chain_grid import CALL, PUT
from deltastream.domain.chain_rows import ChainRows
from deltastream.domain.findings import Findings
from deltastream.domain.max_pain import least_pain
from deltastream.domain.missing import MissingReason
from deltastream.domain.put_call_ratio import put_call_ratio, total
from deltastream.domain.support_resistance import strike_of_most


def find_positions(rows: ChainRows, findings: Findings) -> None:
    """Measure chains over all their strikes."""
    _find_ratios(rows, findings)
    _find_least_pain(rows, findings)
    _find_levels(rows, findings)


def _find_ratios(rows: ChainRows, findings: Findings) -> None:
    open_interest, volume = total(rows.column("open_interest")), total(rows.column("volume"))
    findings.note("total_call_oi", open_interest[CALL].tolist())
    findings.note("total_put_oi", open_interest[PUT].tolist())
    findings.note("total_call_volume", volume[CALL].tolist())
    findings.note("total_put_volume", volume[PUT].tolist())
    findings.state(
        "pcr_oi",
        put_call_ratio(call_total=open_interest[CALL], put_total=open_interest[PUT]),
        MissingReason.NO_CALL_OPEN_INTEREST,
    )
    findings.state(
        "pcr_volume",
        put_call_ratio(call_total=volume[CALL], put_total=volume[PUT]),
        MissingReason.NO_CALL_VOLUME,
    )


def _find_least_pain(rows: ChainRows, findings: Findings) -> None:
    open_interest = rows.column("open_interest")
    calls, puts = np.where(np.isnan(open_interest), 0.0, open_interest)
    first, end = least_pain(call_open_interest=calls, put_open_interest=puts)
    # Where a row is filled up, ties may seem to go on beyond the last strike.
    findings.note(
        "max_pain_ties",
        [
            tuple(grid.strikes[start:stop].tolist())
            for grid, start, stop in zip(rows.grids, first.tolist(), end.tolist(), strict=True)
        ],
    )
    findings.explain("max_pain_strike", end == 0, MissingReason.NO_OPEN_INTEREST)


def _find_levels(rows: ChainRows, findings: Findings) -> None:
    """Find the strikes that open interest singles out."""
    strikes = strike_of_most(strikes=rows.strikes, quantities=rows.column("open_interest"))
    findings.state("support", strikes[PUT], MissingReason.NO_OPEN_INTEREST_ON_SIDE)
    findings.state("resistance", strikes[CALL], MissingReason.NO_OPEN_INTEREST_ON_SIDE)
