"""The figures of captured exchange snapshots, against sums made independently by brute force."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.domain.chain_builders import legs, measure

from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.figures import PriceBasis
from deltastream.domain.max_pain import pain_curve
from deltastream.domain.missing import MissingReason

DATA = Path(__file__).parents[3] / "shared" / "data"
SNAPSHOTS = ("nse_banknifty_2021-05-17_close.json", "nse_nifty_2025-08-05_intraday.json")


@cache
def read(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def cases() -> list[Any]:
    """One case an expiry, of both snapshots."""
    if not DATA.is_dir():
        reason = pytest.mark.skip(reason=f"no real data: {DATA} is absent")
        return [pytest.param(*SNAPSHOTS, marks=reason, id="real data absent")]
    return [
        pytest.param(name, expiry, id=f"{name.split('_')[1]} {expiry}")
        for name in SNAPSHOTS
        for expiry in read("expected.json")[name]["expiries"]
    ]


def expectations(name: str, expiry: str) -> dict[str, Any]:
    """Return what brute force found; a figure that does not exist is None."""
    absent = dict.fromkeys(("pcr_oi", "pcr_vol", "max_pain", "atm"))
    found: dict[str, Any] = read("expected.json")[name]["expiries"][expiry]
    return absent | found


def nearly(figure: float | None) -> Any:
    """Equal a figure that was summed in another order, or None."""
    return None if figure is None else pytest.approx(figure, rel=1e-14, abs=1e-9)


def side(rows: list[Any], right: str) -> Legs:
    options = sorted((row[right] for row in rows if right in row), key=lambda o: o["strikePrice"])

    def column(key: str) -> list[float]:
        return [option[key] for option in options]

    return legs(
        column("strikePrice"),
        bid=column("bidprice"),
        ask=column("askPrice"),
        last=column("lastPrice"),
        volume=column("totalTradedVolume"),
        open_interest=column("openInterest"),
    )


def load(name: str, expiry: str) -> OptionChain:
    records = read(name)["records"]
    rows = [row for row in records["data"] if row["expiryDate"] == expiry]
    return OptionChain(
        product=name.split("_")[1].upper(),
        expiry=datetime.strptime(expiry, "%d-%b-%Y").replace(tzinfo=UTC).date(),
        spot_price=records["underlyingValue"],
        timestamp=datetime(2025, 8, 5, tzinfo=UTC),
        calls=side(rows, "CE"),
        puts=side(rows, "PE"),
    )


def without_quotes(side: Legs) -> Legs:
    unquoted = np.full(len(side), np.nan)
    return replace(side, bid=unquoted, ask=unquoted)


@pytest.mark.parametrize(("name", "expiry"), cases())
def test_ratios_and_totals(name: str, expiry: str) -> None:
    expected = expectations(name, expiry)

    metrics = measure(load(name, expiry))

    assert metrics.total_call_oi == nearly(expected["ce_oi"])
    assert metrics.total_put_oi == nearly(expected["pe_oi"])
    assert metrics.total_call_volume == expected["ce_vol"]
    assert metrics.total_put_volume == expected["pe_vol"]
    assert metrics.pcr_oi == nearly(expected["pcr_oi"])
    assert metrics.pcr_volume == nearly(expected["pcr_vol"])
    assert ("pcr_oi" in metrics.missing) == (expected["pcr_oi"] is None)
    assert ("pcr_volume" in metrics.missing) == (expected["pcr_vol"] is None)


@pytest.mark.parametrize(("name", "expiry"), cases())
def test_max_pain_with_all_its_ties(name: str, expiry: str) -> None:
    expected = expectations(name, expiry)
    chain = load(name, expiry)
    curve = pain_curve(
        call_strikes=chain.calls.strikes,
        call_open_interest=chain.calls.open_interest,
        put_strikes=chain.puts.strikes,
        put_open_interest=chain.puts.open_interest,
    )

    metrics = measure(chain)

    assert list(metrics.max_pain_ties) == (expected["max_pain"] or [])
    assert ("max_pain_strike" in metrics.missing) == (expected["max_pain"] is None)
    if expected["max_pain"] is not None:
        assert curve.total.min() == nearly(expected["min_total_pain"])


@pytest.mark.parametrize(("name", "expiry"), cases())
def test_the_strike_at_the_money(name: str, expiry: str) -> None:
    expected = expectations(name, expiry)

    metrics = measure(load(name, expiry))

    assert metrics.atm_strike == expected["atm"]
    if expected["atm"] is None:
        assert metrics.missing["atm_strike"] is MissingReason.NO_PAIR


@pytest.mark.parametrize(("name", "expiry"), cases())
def test_the_straddle_by_last_trades(name: str, expiry: str) -> None:
    expected = expectations(name, expiry)
    chain = load(name, expiry)

    metrics = measure(
        replace(chain, calls=without_quotes(chain.calls), puts=without_quotes(chain.puts))
    )

    if expected["atm"] is None or 0 in (expected["atm_ce_ltp"], expected["atm_pe_ltp"]):
        assert metrics.atm_straddle_price is None
        assert "atm_straddle_price" in metrics.missing
    else:
        assert metrics.atm_straddle_price == nearly(expected["atm_straddle_ltp"])
        assert metrics.atm_straddle_basis is PriceBasis.LAST
