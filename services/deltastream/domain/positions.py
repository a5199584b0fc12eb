"""What open interest and volume of a chain say: totals, ratios, max pain, support, resistance."""

from deltastream.domain.events import OptionChain
from deltastream.domain.findings import Findings
from deltastream.domain.max_pain import pain_curve
from deltastream.domain.missing import MissingReason
from deltastream.domain.put_call_ratio import put_call_ratio, total
from deltastream.domain.support_resistance import strike_of_most


def find_positions(chain: OptionChain, findings: Findings) -> None:
    """Measure a chain over all its strikes."""
    _find_ratios(chain, findings)
    _find_levels(chain, findings)


def _find_ratios(chain: OptionChain, findings: Findings) -> None:
    calls, puts = chain.calls, chain.puts
    call_oi, put_oi = total(calls.open_interest), total(puts.open_interest)
    call_volume, put_volume = total(calls.volume), total(puts.volume)
    findings.note(
        total_call_oi=call_oi,
        total_put_oi=put_oi,
        total_call_volume=call_volume,
        total_put_volume=put_volume,
    )
    findings.state(
        "pcr_oi",
        put_call_ratio(call_total=call_oi, put_total=put_oi),
        MissingReason.NO_CALL_OPEN_INTEREST,
    )
    findings.state(
        "pcr_volume",
        put_call_ratio(call_total=call_volume, put_total=put_volume),
        MissingReason.NO_CALL_VOLUME,
    )


def _find_levels(chain: OptionChain, findings: Findings) -> None:
    """Find the strikes that open interest singles out."""
    calls, puts = chain.calls, chain.puts
    ties = pain_curve(
        call_strikes=calls.strikes,
        call_open_interest=calls.open_interest,
        put_strikes=puts.strikes,
        put_open_interest=puts.open_interest,
    ).least
    findings.note(max_pain_ties=ties)
    if not ties:
        findings.give_up(MissingReason.NO_OPEN_INTEREST, "max_pain_strike")
    findings.state(
        "support",
        strike_of_most(strikes=puts.strikes, quantities=puts.open_interest),
        MissingReason.NO_OPEN_INTEREST_ON_SIDE,
    )
    findings.state(
        "resistance",
        strike_of_most(strikes=calls.strikes, quantities=calls.open_interest),
        MissingReason.NO_OPEN_INTEREST_ON_SIDE,
    )
