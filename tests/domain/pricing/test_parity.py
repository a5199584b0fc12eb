"""The forward that put and call imply."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.pricing.parity import parity_forwards


def test_call_above_put_lifts_the_forward_above_the_strike() -> None:
    forwards = parity_forwards(
        strikes=np.array([100.0, 110.0]),
        calls=np.array([7.0, 2.0]),
        puts=np.array([4.0, 8.0]),
        rate=0.0,
        years=0.5,
    )

    assert forwards.tolist() == [103.0, 104.0]


def test_the_difference_earns_interest_until_expiry() -> None:
    forward = parity_forwards(strikes=100.0, calls=7.0, puts=4.0, rate=0.1, years=2.0)

    assert forward == pytest.approx(100.0 + 3.0 * np.exp(0.2), rel=1e-15)


def test_past_expiry_nothing_is_earned() -> None:
    assert parity_forwards(strikes=100.0, calls=7.0, puts=4.0, rate=0.1, years=-2.0) == 103.0


def test_a_price_that_is_absent_or_absurd_spoils_its_own_strike_only() -> None:
    forwards = parity_forwards(
        strikes=np.array([90.0, 100.0, 110.0, 120.0]),
        calls=np.array([12.0, np.nan, np.inf, 1.0]),
        puts=np.array([1.0, 4.0, np.inf, np.nan]),
        rate=0.0,
        years=0.5,
    )

    np.testing.assert_array_equal(forwards, [101.0, np.nan, np.nan, np.nan])


@given(
    forward=st.floats(1e-2, 1e5),
    log_moneyness=st.floats(-1.0, 1.0),
    volatility=st.floats(0.0, 2.0),
    years=st.floats(0.0, 3.0),
    rate=st.floats(-0.05, 0.2),
)
def test_prices_on_a_forward_imply_that_forward(
    forward: float, log_moneyness: float, volatility: float, years: float, rate: float
) -> None:
    strike = forward * np.exp(log_moneyness)

    calls, puts = black76_price(
        calls=np.array([True, False]),
        forward=forward,
        strikes=strike,
        volatility=volatility,
        years=years,
        rate=rate,
    )

    implied = parity_forwards(strikes=strike, calls=calls, puts=puts, rate=rate, years=years)
    assert implied == pytest.approx(forward, rel=1e-14)


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "expiries"),
    [("nse_banknifty_2021-05-17_close.json", 10), ("nse_nifty_2025-08-05_intraday.json", 13)],
)
def test_last_trades_at_the_money_imply_the_forwards_of_the_exchanges_snapshots(
    name: str, expiries: int
) -> None:
    rows = json.loads((SHARED / name).read_text())["records"]["data"]
    at = {(row["expiryDate"], row["strikePrice"]): row for row in rows}
    expected = {
        expiry: numbers
        for expiry, numbers in expected_numbers(name)["expiries"].items()
        if "synthetic_forward_r0" in numbers
    }
    pairs = [at[expiry, numbers["atm"]] for expiry, numbers in expected.items()]

    forwards = parity_forwards(
        strikes=np.array([pair["strikePrice"] for pair in pairs]),
        calls=np.array([pair["CE"]["lastPrice"] for pair in pairs]),
        puts=np.array([pair["PE"]["lastPrice"] for pair in pairs]),
        rate=0.0,
        years=0.1,
    )

    assert len(forwards) == expiries
    wanted = [numbers["synthetic_forward_r0"] for numbers in expected.values()]
    np.testing.assert_allclose(forwards, wanted, rtol=1e-15)
