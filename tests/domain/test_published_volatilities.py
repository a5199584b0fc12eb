"""Volatilities and deltas of whole chains, against those that exchanges published beside them."""

import csv
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.adapters.source.snapshots.recording import load_recording
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import OptionChain
from deltastream.domain.figures import ChainAnalysis, ForwardBasis, PricingConvention
from deltastream.domain.instruments import OptionType
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.pricing_terms import NSE_RATE, PricingTerms

BANKNIFTY = "nse_banknifty_2021-05-17_close.json"
NIFTY = "nse_nifty_2025-08-05_intraday.json"
SPY = "cboe_spy_2025-09-25.csv"

pytestmark = needs_shared_data


def analysed(
    name: str, terms: PricingTerms | None = None
) -> Iterator[tuple[OptionChain, ChainAnalysis]]:
    """Analyse every chain of a real file, by the usual terms of its product or by these."""
    recording = load_recording(SHARED / name, hints=SnapshotHints(), pick=frozenset())
    usual = PricingPolicy().terms(recording.products[0])
    for frame in recording.frames:
        for event in frame.events(later=timedelta()):
            if isinstance(event, OptionChain):
                yield event, analyse(event, terms or usual)


def test_by_the_nse_convention_every_published_volatility_is_reproduced() -> None:
    terms = PricingTerms(convention=PricingConvention.NSE, rate=NSE_RATE)
    errors = np.concatenate(
        [
            np.abs(figures.iv - legs.quoted_iv)[~np.isnan(legs.quoted_iv)]
            for chain, analysis in analysed(BANKNIFTY, terms)
            for legs, figures in (
                (chain.calls, analysis.call_figures),
                (chain.puts, analysis.put_figures),
            )
        ]
    )

    assert len(errors) == 406
    assert not np.isnan(errors).any()
    assert 100.0 * errors.max() <= 0.006


def published_deltas() -> dict[str, float]:
    with (SHARED / SPY).open(newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 20 and row[1].startswith("SPY")]
    return {row[at]: float(row[at + 7]) for row in rows for at in (1, 12)}


def test_a_fund_of_american_options_priced_as_european_stays_near_what_was_published() -> None:
    deltas = published_deltas()
    volatility_errors, delta_errors = [], []
    for chain, analysis in analysed(SPY):
        spot, forward = chain.spot_price, analysis.metrics.forward
        assert spot is not None
        assert forward is not None
        if not 2 <= (chain.expiry - chain.timestamp.date()).days <= 120:
            continue
        for option_type, legs, figures in (
            (OptionType.CALL, chain.calls, analysis.call_figures),
            (OptionType.PUT, chain.puts, analysis.put_figures),
        ):
            near = np.abs(legs.strikes / spot - 1.0) <= 0.08
            out_of_the_money = (legs.strikes >= spot) == (option_type is OptionType.CALL)
            chosen = near & out_of_the_money & ~np.isnan(figures.iv) & ~np.isnan(legs.quoted_iv)
            volatility_errors += np.abs(figures.iv - legs.quoted_iv)[chosen].tolist()
            # Ours is of the forward, theirs of spot.
            of_spot = figures.delta * forward / spot
            code = "C" if option_type is OptionType.CALL else "P"
            delta_errors += [
                abs(delta - deltas[f"SPY{chain.expiry:%y%m%d}{code}{round(1000 * strike):08d}"])
                for delta, strike in zip(of_spot[chosen], legs.strikes[chosen], strict=True)
            ]

    assert len(volatility_errors) > 950
    assert 100.0 * np.median(volatility_errors) <= 0.07
    assert 100.0 * np.percentile(volatility_errors, 90) <= 0.14
    assert np.median(delta_errors) <= 0.002


def test_traded_options_whose_published_volatility_is_absent_have_one_here() -> None:
    recovered = sum(
        int((np.isnan(legs.quoted_iv) & (legs.volume > 0.0) & ~np.isnan(figures.iv)).sum())
        for chain, analysis in analysed(NIFTY)
        for legs, figures in (
            (chain.calls, analysis.call_figures),
            (chain.puts, analysis.put_figures),
        )
    )

    assert recovered >= 60


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY])
def test_forwards_from_parity_rise_with_time_and_stay_near_spot(name: str) -> None:
    forwards = [
        (analysis.metrics.years_to_expiry, analysis.metrics.forward, chain.spot_price)
        for chain, analysis in analysed(name)
        if analysis.metrics.forward_basis is ForwardBasis.PARITY
    ]

    assert len(forwards) >= 5
    for years, forward, spot in forwards:
        assert years is not None
        assert forward is not None
        assert spot is not None
        # A carry between none and a fifth a year, and half a percent for stale wide quotes.
        assert -0.005 <= forward / spot - 1.0 <= 0.2 * years + 0.005
