"""Gamma exposure: what dealers must trade when the underlying moves."""

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.snapshot_files import needs_shared_data

from deltastream.domain.arrays import FloatArray, known
from deltastream.domain.gamma_exposure import gamma_exposure
from deltastream.domain.gamma_profile import MULTIPLES, GammaProfile

DATA = Path(__file__).parents[3] / "shared" / "data"
STRIKES = np.array([90.0, 100.0, 110.0])


def test_gamma_times_contracts_times_size_times_a_percent_of_the_price_squared() -> None:
    exposure = gamma_exposure(
        strikes=STRIKES,
        gamma=np.array([[0.01, 0.02, 0.01]] * 2),
        open_interest=np.array([[0.0, 5.0, 10.0], [20.0, 5.0, 0.0]]),
        contract_size=np.array(75.0),
        price=np.array(100.0),
    )

    assert exposure.calls.tolist() == pytest.approx([0.0, 750.0, 750.0])
    assert exposure.puts.tolist() == pytest.approx([-1500.0, -750.0, 0.0])
    assert exposure.net.tolist() == pytest.approx([-1500.0, 0.0, 750.0])
    assert (known(exposure.call_wall), known(exposure.put_wall)) == (100.0, 90.0)


def test_what_has_no_gamma_or_no_open_interest_adds_nothing() -> None:
    exposure = gamma_exposure(
        strikes=STRIKES,
        gamma=np.array([[math.nan, 0.02, 0.01], [0.01, math.nan, 0.01]]),
        open_interest=np.array([[9.0, math.nan, 10.0], [math.nan, 9.0, math.nan]]),
        contract_size=np.array(1.0),
        price=np.array(100.0),
    )

    assert exposure.calls.tolist() == [0.0, 0.0, 10.0]
    assert exposure.puts.tolist() == [0.0, 0.0, 0.0]
    assert (known(exposure.call_wall), known(exposure.put_wall)) == (110.0, None)


@needs_shared_data
def test_the_exposure_of_a_fund_from_the_gamma_that_its_exchange_published() -> None:
    expected = json.loads((DATA / "expected.json").read_text())["cboe_spy_2025-09-25.csv"]
    with (DATA / "cboe_spy_2025-09-25.csv").open(newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 20 and row[1].startswith("SPY")]
    total = 0.0
    for expiry in {row[0] for row in rows}:
        listed = [row for row in rows if row[0] == expiry]
        gamma, interest = (
            np.array([[float(row[at]) for row in listed] for at in columns])
            for columns in ((9, 20), (10, 21))
        )
        total += float(
            gamma_exposure(
                strikes=np.array([float(row[11]) for row in listed]),
                gamma=gamma,
                open_interest=interest,
                contract_size=np.array(100.0),
                price=np.array(expected["last"]),
            ).total
        )

    assert total == pytest.approx(expected["net_gex_all"], rel=1e-9)


def profile_of(
    contracts: Sequence[float],
    *,
    strikes: FloatArray = STRIKES,
    volatility: FloatArray | float = 0.2,
    years: float = 0.1,
    forward: float = 101.0,
) -> GammaProfile:
    """Return the profile of one chain."""
    return GammaProfile.of(
        strikes=strikes[:, None],
        volatility=np.broadcast_to(volatility, len(strikes))[:, None],
        contracts=np.array(contracts)[:, None],
        forward=np.array([forward]),
        years=np.array([years]),
        discount=np.array([0.99]),
        contract_size=np.array([50.0]),
    )


def net(profile: GammaProfile, multiples: FloatArray) -> FloatArray:
    (exposures,) = profile.net(multiples)
    return np.asarray(exposures)


def sign_change(profile: GammaProfile) -> float | None:
    (multiple,) = profile.sign_changes()
    return known(multiple)


def repriced(multiple: float, strike: float, *, contracts: float) -> float:
    """Return the exposure by Black's gamma itself at a moved forward, written out."""
    forward, deviation = 101.0 * multiple, 0.2 * math.sqrt(0.1)
    d1 = math.log(forward / strike) / deviation + deviation / 2.0
    density = math.exp(-d1 * d1 / 2.0) / math.sqrt(2.0 * math.pi)
    gamma = 0.99 * density / (forward * deviation)
    return gamma * contracts * 50.0 * forward**2 * 0.01


@given(
    multiple=st.floats(0.5, 2.0),
    contracts=st.tuples(*[st.floats(-1e6, 1e6)] * 3),
)
def test_the_profile_is_what_pricing_gamma_anew_gives(
    multiple: float, contracts: tuple[float, ...]
) -> None:
    parts = [
        repriced(multiple, strike, contracts=held)
        for strike, held in zip(STRIKES.tolist(), contracts, strict=True)
    ]

    found = net(profile_of(contracts), np.array([multiple]))[0]

    # Doubles below 1e-300 have lost digits.
    assert found == pytest.approx(math.fsum(parts), abs=1e-12 * sum(map(abs, parts)) + 1e-300)


def test_the_sign_changes_between_the_puts_below_and_the_calls_above() -> None:
    profile = profile_of([-500.0, 0.0, 500.0])

    multiple = sign_change(profile)

    assert multiple is not None
    left, right = net(profile, np.array([multiple - 1e-6, multiple + 1e-6]))
    assert left < 0.0 < right
    assert abs(net(profile, np.array([multiple]))[0]) < 1e-6 * np.abs(net(profile, MULTIPLES)).max()


def test_of_several_changes_the_one_nearest_to_the_present_price_is_taken() -> None:
    profile = profile_of([300.0, -500.0, 300.0])

    multiple = sign_change(profile)

    assert multiple is not None
    grid = np.linspace(0.85, 1.15, 30_001)
    changes = grid[np.flatnonzero(np.diff(np.sign(net(profile, grid))))]
    assert len(changes) == 2
    assert multiple == pytest.approx(changes[np.argmin(np.abs(changes - 1.0))], abs=2e-5)


@pytest.mark.parametrize("contracts", [(1.0, 2.0, 3.0), (-1.0, -2.0, -3.0), (0.0, 0.0, 0.0)])
def test_exposure_of_one_sign_never_changes_it(contracts: tuple[float, ...]) -> None:
    assert sign_change(profile_of(contracts)) is None


def test_where_hours_are_left_and_strikes_are_far_apart_the_change_is_still_found() -> None:
    profile = profile_of(
        [-10.0, 10.0],
        strikes=np.array([95.0, 105.0]),
        volatility=0.1,
        years=1.0 / (365 * 24),
        forward=100.0,
    )

    multiple = sign_change(profile)

    assert multiple is not None
    assert 0.95 < multiple < 1.05


def test_what_has_no_volatility_or_no_contracts_is_left_out() -> None:
    volatility = np.array([0.2, math.nan, 0.2])

    profile = profile_of([1.0, 1.0, math.nan], volatility=volatility)

    alone = profile_of([1.0], strikes=STRIKES[:1])
    assert net(profile, MULTIPLES).tolist() == net(alone, MULTIPLES).tolist()


def test_each_chain_changes_its_sign_for_itself() -> None:
    held = [[-500.0, 0.0, 500.0], [1.0, 2.0, 3.0], [300.0, -500.0, 300.0], [0.0, 0.0, 0.0]]
    together = GammaProfile.of(
        strikes=np.repeat(STRIKES[:, None], 4, axis=1),
        volatility=np.full((3, 4), 0.2),
        contracts=np.array(held).T,
        forward=np.full(4, 101.0),
        years=np.full(4, 0.1),
        discount=np.full(4, 0.99),
        contract_size=np.full(4, 50.0),
    )

    found = [known(multiple) for multiple in together.sign_changes()]

    assert found == [sign_change(profile_of(contracts)) for contracts in held]
    assert [multiple is None for multiple in found] == [False, True, False, True]


def test_tried_prices_ascend_with_the_present_one_in_their_middle() -> None:
    assert (np.diff(MULTIPLES) > 0.0).all()
    assert MULTIPLES[len(MULTIPLES) // 2] == 1.0
    assert MULTIPLES[[0, -1]].tolist() == pytest.approx([0.85, 1.15])
