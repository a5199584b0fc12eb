"""The readers against captured files, and numbers computed from those independently."""

import math
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.adapters.source.snapshots.recognition import open_file, read_snapshot
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile, SnapshotHints
from deltastream.domain.events import LEG_COLUMNS, Legs, OptionChain
from deltastream.domain.instruments import QuantityUnit

pytestmark = needs_shared_data

BANKNIFTY = "nse_banknifty_2021-05-17_close.json"
NIFTY = "nse_nifty_2025-08-05_intraday.json"
WEBSITE = "nse_website_export_nifty_exp_2025-08-21.csv"
SPY = "cboe_spy_2025-09-25.csv"


def read(name: str) -> tuple[Snapshot, SnapshotFile]:
    file = open_file(SHARED / name, SnapshotHints())
    return read_snapshot(file), file


def strikes_of(chain: OptionChain) -> set[float]:
    return {*chain.calls.strikes.tolist(), *chain.puts.strikes.tolist()}


def row_of(legs: Legs, strike: float) -> dict[str, float]:
    (index,) = np.flatnonzero(legs.strikes == strike)
    return dict(zip(LEG_COLUMNS, legs.table()[index].tolist(), strict=True))


def price_of(published: float) -> float:
    """Return a published price as it is read: 0 is published where there is none."""
    return published or math.nan


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY, WEBSITE, SPY])
def test_nothing_of_a_real_file_is_skipped(name: str) -> None:
    _, file = read(name)
    assert not file.skipped.counts


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY, WEBSITE, SPY])
def test_strikes_ascend_without_repetition_and_no_price_is_zero(name: str) -> None:
    snapshot, _ = read(name)
    for chain in snapshot.chains:
        for legs in (chain.calls, chain.puts):
            assert (np.diff(legs.strikes) > 0).all()
            assert (legs.strikes > 0).all()
            for column in (legs.bid, legs.ask, legs.last, legs.quoted_iv):
                assert not (column <= 0).any()
            assert not np.isinf(legs.table()).any()


@pytest.mark.parametrize(
    ("name", "symbol", "timestamp"),
    [
        (BANKNIFTY, "BANKNIFTY", datetime(2021, 5, 17, 10, 0, tzinfo=UTC)),
        (NIFTY, "NIFTY", datetime(2025, 8, 5, 8, 29, 23, tzinfo=UTC)),
    ],
)
def test_nse_json_states_product_time_and_spot(name: str, symbol: str, timestamp: datetime) -> None:
    snapshot, _ = read(name)
    assert snapshot.product.symbol == symbol
    assert snapshot.timestamp == timestamp
    assert snapshot.spot_price == expected_numbers(name)["underlying"]
    assert [chain.timestamp for chain in snapshot.chains] == [timestamp] * len(snapshot.chains)


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY])
def test_nse_json_lists_every_row_once_and_not_those_of_filtered_again(name: str) -> None:
    snapshot, _ = read(name)
    expected = expected_numbers(name)
    chains = {f"{chain.expiry:%d-%b-%Y}": chain for chain in snapshot.chains}
    assert list(chains) == expected["expiry_list"]
    assert sum(len(strikes_of(chain)) for chain in snapshot.chains) == expected["rows"]
    for expiry, numbers in expected["expiries"].items():
        assert len(strikes_of(chains[expiry])) == numbers["strikes"]


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY])
def test_nse_json_totals_are_those_computed_by_brute_force(name: str) -> None:
    snapshot, _ = read(name)
    for chain in snapshot.chains:
        numbers = expected_numbers(name)["expiries"][f"{chain.expiry:%d-%b-%Y}"]
        for side, legs in (("ce", chain.calls), ("pe", chain.puts)):
            assert legs.open_interest.sum() == pytest.approx(numbers[f"{side}_oi"])
            assert legs.volume.sum() == numbers[f"{side}_vol"]
            change = legs.change_in_open_interest.sum()
            assert change == pytest.approx(numbers[f"{side}_chg_oi"])


@pytest.mark.parametrize("name", [BANKNIFTY, NIFTY])
def test_nse_json_prices_and_volatility_at_the_money_are_the_published_ones(name: str) -> None:
    snapshot, _ = read(name)
    checked = 0
    for chain in snapshot.chains:
        numbers = expected_numbers(name)["expiries"][f"{chain.expiry:%d-%b-%Y}"]
        if "atm" not in numbers:
            continue
        for side, legs in (("ce", chain.calls), ("pe", chain.puts)):
            row = row_of(legs, numbers["atm"])
            last = price_of(numbers[f"atm_{side}_ltp"])
            volatility = price_of(numbers[f"atm_{side}_iv_nse"]) / 100
            assert row["last"] == pytest.approx(last, nan_ok=True)
            assert row["quoted_iv"] == pytest.approx(volatility, nan_ok=True)
            checked += 1
    assert checked >= 20


def test_nse_json_keeps_what_each_field_of_a_leg_says() -> None:
    snapshot, _ = read(NIFTY)
    chain = next(one for one in snapshot.chains if one.expiry == date(2025, 12, 30))
    row = row_of(chain.puts, 13_000)
    assert row["open_interest"] == 92.66666666666667
    assert (row["bid"], row["bid_size"]) == (3.55, 225)
    assert (row["ask"], row["ask_size"]) == (7.75, 600)
    assert (row["volume"], row["change_in_open_interest"], row["price_change"]) == (0, 0, 0)
    assert math.isnan(row["last"])
    assert math.isnan(row["quoted_iv"])
    assert 13_000 not in chain.calls.strikes
    assert chain.expires_at == datetime(2025, 12, 30, 10, 0, tzinfo=UTC)


def test_the_website_csv_has_its_subject_from_its_name_and_its_totals() -> None:
    snapshot, file = read(WEBSITE)
    expected = expected_numbers(WEBSITE)
    (chain,) = snapshot.chains
    assert (snapshot.product.symbol, chain.expiry) == ("NIFTY", date(2025, 8, 21))
    assert chain.spot_price is None
    assert chain.timestamp == file.modified
    assert len(strikes_of(chain)) == expected["strikes"]
    assert np.nansum(chain.calls.open_interest) == expected["ce_oi"]
    assert np.nansum(chain.puts.open_interest) == expected["pe_oi"]
    assert np.nansum(chain.calls.volume) == expected["ce_vol"]
    assert np.nansum(chain.puts.volume) == expected["pe_vol"]


def test_the_website_csv_is_read_through_its_commas_and_dashes() -> None:
    snapshot, _ = read(WEBSITE)
    (chain,) = snapshot.chains
    call, put = row_of(chain.calls, 22_600), row_of(chain.puts, 22_600)
    assert (call["open_interest"], call["last"], call["bid"]) == (1, 1927.9, 2029.55)
    assert math.isnan(call["volume"])
    assert math.isnan(call["quoted_iv"])
    assert (put["bid_size"], put["bid"], put["ask"], put["ask_size"]) == (1500, 1.6, 1.65, 4050)
    assert (put["price_change"], put["last"], put["volume"]) == (-1.35, 1.6, 73_940)
    assert (put["change_in_open_interest"], put["open_interest"]) == (16_117, 65_421)
    assert put["quoted_iv"] == pytest.approx(0.2524)


def test_the_cboe_csv_states_its_product_time_and_spot() -> None:
    snapshot, _ = read(SPY)
    assert snapshot.spot_price == expected_numbers(SPY)["last"]
    assert snapshot.timestamp == datetime(2025, 9, 25, 20, 0, tzinfo=UTC)
    product = snapshot.product
    assert (product.symbol, product.name) == ("SPY", "SPDR S&P 500 ETF Trust")
    assert (product.exchange, product.currency) == ("XCBO", "USD")
    assert (product.lot_size, product.tick_size, product.strike_step) == (100, 0.01, 1)
    assert product.quantity_unit is QuantityUnit.CONTRACTS


def test_the_cboe_csv_has_the_rows_and_totals_computed_by_brute_force() -> None:
    snapshot, _ = read(SPY)
    expected: dict[str, Any] = expected_numbers(SPY)["expiries"]
    assert [chain.expiry.isoformat() for chain in snapshot.chains] == list(expected)
    for chain in snapshot.chains:
        numbers = expected[chain.expiry.isoformat()]
        assert len(chain.calls) == len(chain.puts) == numbers["rows"]
        for side, legs in (("ce", chain.calls), ("pe", chain.puts)):
            assert legs.open_interest.sum() == numbers[f"{side}_oi"]
            assert legs.volume.sum() == numbers[f"{side}_vol"]


def test_the_cboe_csv_has_volatility_as_a_fraction_and_absent_where_it_is_zero() -> None:
    snapshot, _ = read(SPY)
    first, last = snapshot.chains[0], snapshot.chains[-1]
    call, put = row_of(first.calls, 500), row_of(first.puts, 505)
    assert (call["quoted_iv"], call["bid"], call["ask"]) == (0.6659, 157.1, 159.91)
    assert math.isnan(call["last"])
    assert (put["last"], put["price_change"], put["volume"]) == (0.01, -0.005, 1)
    assert math.isnan(put["bid"])
    assert math.isnan(row_of(last.puts, 780)["quoted_iv"])
    assert first.expires_at == datetime(2025, 10, 1, 20, 0, tzinfo=UTC)
