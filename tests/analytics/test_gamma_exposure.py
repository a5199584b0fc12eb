"""GetGammaExposure: by strike, with walls, the sign change and the profile."""

from dataclasses import replace
from math import exp, log, pi, sqrt

import numpy as np
import pytest
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.domain.priced_market import FORWARD, RATE, STRIKES, YEARS, priced_chain, skewed
from tests.fixtures.chains import chain, enriched
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.adapters.source.snapshots.recognition import open_file, read_snapshot
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import EnrichedChain, OptionChain
from deltastream.domain.gamma_exposure import ASSUMPTION
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.pricing_terms import PricingTerms
from deltastream.market.v1 import missing_pb2

SPOT = 24_530.0
LOT = 75.0


def analysed(raw: OptionChain, terms: PricingTerms) -> EnrichedChain:
    analysis = analyse(raw, terms)
    return EnrichedChain(
        chain=raw,
        call_figures=analysis.call_figures,
        put_figures=analysis.put_figures,
        metrics=analysis.metrics,
        processed_at=raw.timestamp,
    )


def known_chain(contract_size: float | None = LOT) -> EnrichedChain:
    """Return a chain priced with known volatilities, calls held above and puts below."""
    raw = priced_chain(spread=2.0, spot=SPOT)
    above = np.where(STRIKES >= FORWARD, 100.0, 10.0)
    raw = replace(
        raw,
        sequence=1,
        calls=replace(raw.calls, open_interest=above + (STRIKES == 25_000.0)),
        puts=replace(raw.puts, open_interest=110.0 - above + (STRIKES == 24_300.0)),
    )
    return analysed(raw, PricingTerms(rate=RATE, contract_size=contract_size))


def gamma_of(strike: float, volatility: float) -> float:
    """Return Black's gamma of the forward, from the formula."""
    deviation = volatility * sqrt(YEARS)
    d1 = log(FORWARD / strike) / deviation + deviation / 2.0
    density = exp(-d1 * d1 / 2.0) / sqrt(2.0 * pi)
    return exp(-RATE * YEARS) * density / (FORWARD * deviation)


async def exposure(mesh: Mesh, product: str = "NIFTY") -> pb.GetGammaExposureResponse:
    request = pb.GetGammaExposureRequest(product=product)
    return await mesh.analytics.GetGammaExposure(request)


async def test_exposure_is_gamma_times_contracts_by_strike(mesh: Mesh) -> None:
    known = known_chain()
    await mesh.store.put_chains([known])
    answer = await exposure(mesh)
    unit = LOT * FORWARD**2 * 0.01
    gammas = [
        gamma_of(strike, volatility)
        for strike, volatility in zip(STRIKES.tolist(), skewed(STRIKES).tolist(), strict=True)
    ]
    calls = [g * n * unit for g, n in zip(gammas, known.chain.calls.open_interest, strict=True)]
    puts = [-g * n * unit for g, n in zip(gammas, known.chain.puts.open_interest, strict=True)]
    assert [each.strike for each in answer.strikes] == STRIKES.tolist()
    assert [each.call_gamma for each in answer.strikes] == pytest.approx(calls, rel=1e-6)
    assert [each.put_gamma for each in answer.strikes] == pytest.approx(puts, rel=1e-6)
    assert answer.net_gamma == pytest.approx(sum(calls) + sum(puts), rel=1e-6)
    assert answer.call_wall == STRIKES[int(np.argmax(calls))]
    assert answer.put_wall == STRIKES[int(np.argmin(puts))]
    assert answer.contract_size == LOT
    assert answer.spot_price == SPOT
    assert answer.assumption == ASSUMPTION
    assert reasons(answer) == {}


async def test_the_profile_changes_sign_where_it_says(mesh: Mesh) -> None:
    await mesh.store.put_chains([known_chain()])
    answer = await exposure(mesh)
    prices = [point.spot_price for point in answer.profile]
    assert prices == sorted(prices)
    assert prices[0] == pytest.approx(SPOT * 0.85)
    assert prices[-1] == pytest.approx(SPOT * 1.15)
    below = [point.net_gamma for point in answer.profile if point.spot_price < answer.zero_gamma]
    above = [point.net_gamma for point in answer.profile if point.spot_price > answer.zero_gamma]
    # Puts are held below and calls above.
    assert below[-1] < 0.0 < above[0]
    (here,) = [p.net_gamma for p in answer.profile if p.spot_price == pytest.approx(SPOT)]
    assert here == pytest.approx(answer.net_gamma, rel=1e-6)


async def test_it_agrees_with_the_figures_of_the_enriched_chain(mesh: Mesh) -> None:
    known = known_chain()
    await mesh.store.put_chains([known])
    answer = await exposure(mesh)
    metrics = known.metrics
    assert answer.net_gamma == metrics.net_gamma_exposure
    assert (answer.call_wall, answer.put_wall) == (metrics.call_wall, metrics.put_wall)
    assert answer.zero_gamma == metrics.zero_gamma


async def test_without_a_contract_size_it_is_of_one_unit(mesh: Mesh) -> None:
    await mesh.store.put_chains([known_chain(contract_size=None)])
    answer = await exposure(mesh)
    assert not answer.HasField("contract_size")
    assert reasons(answer) == {"contract_size": missing_pb2.MISSING_REASON_NO_CONTRACT_SIZE}
    of_lots = analysed(known_chain().chain, PricingTerms(rate=RATE, contract_size=LOT))
    assert of_lots.metrics.net_gamma_exposure is not None
    assert answer.net_gamma == pytest.approx(of_lots.metrics.net_gamma_exposure / LOT)


async def test_a_chain_without_volatilities_has_no_exposure(mesh: Mesh) -> None:
    raw = replace(chain(), expires_at=None)
    await mesh.store.put_chains([enriched(raw)])
    answer = await exposure(mesh)
    assert (len(answer.strikes), len(answer.profile)) == (0, 0)
    assert answer.assumption == ASSUMPTION
    assert reasons(answer) == dict.fromkeys(
        ("net_gamma", "call_wall", "put_wall", "zero_gamma"),
        missing_pb2.MISSING_REASON_NO_IMPLIED_VOLATILITY,
    )


async def test_without_open_interest_there_are_no_walls_and_no_sign(mesh: Mesh) -> None:
    nobody = np.zeros(len(STRIKES))
    raw = priced_chain(spread=2.0, spot=None)
    raw = replace(
        raw,
        sequence=1,
        calls=replace(raw.calls, open_interest=nobody),
        puts=replace(raw.puts, open_interest=nobody),
    )
    await mesh.store.put_chains([analysed(raw, PricingTerms(rate=RATE, contract_size=LOT))])
    answer = await exposure(mesh)
    assert answer.net_gamma == 0.0
    nobody_there = missing_pb2.MISSING_REASON_NO_OPEN_INTEREST_ON_SIDE
    assert reasons(answer) == {
        "call_wall": nobody_there,
        "put_wall": nobody_there,
        "zero_gamma": missing_pb2.MISSING_REASON_NO_SIGN_CHANGE,
        "spot_price": missing_pb2.MISSING_REASON_NO_SPOT,
    }


@needs_shared_data
async def test_a_real_product_has_the_exposure_of_its_published_gammas(mesh: Mesh) -> None:
    name = "cboe_spy_2025-09-25.csv"
    snapshot = read_snapshot(open_file(SHARED / name, SnapshotHints()))
    terms = PricingPolicy().terms(snapshot.product, contract_size=100.0)
    chains = [replace(each, sequence=n) for n, each in enumerate(snapshot.chains, start=1)]
    await mesh.store.put_products([snapshot.product])
    await mesh.store.put_chains([analysed(each, terms) for each in chains])
    for expiry, numbers in expected_numbers(name)["expiries"].items():
        request = pb.GetGammaExposureRequest(product="SPY", expiry=expiry)
        answer = await mesh.analytics.GetGammaExposure(request)
        gross = sum(each.call_gamma - each.put_gamma for each in answer.strikes)
        published = numbers["net_gex_per_1pct"]
        assert answer.net_gamma == pytest.approx(published, abs=0.03 * gross), expiry
