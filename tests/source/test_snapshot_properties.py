"""Whatever stands in a file: it is read without harm, or refused with a SourceFormatError."""

import json
import math
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.nse_snapshot import Shape, nse_snapshot
from tests.fixtures.snapshot_files import snapshot_file
from tests.source.test_snapshot_cboe_csv import FIRST, HEAD, LATER, SECOND
from tests.source.test_snapshot_cboe_csv import HEADER as CBOE_HEADER
from tests.source.test_snapshot_nse_csv import BOTH, CALL_ONLY, NAME, PUT_ONLY
from tests.source.test_snapshot_nse_csv import HEADER as NSE_HEADER

from deltastream.adapters.source.snapshots.cleaning import LARGEST
from deltastream.adapters.source.snapshots.recognition import read_snapshot
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotHints
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.instruments import PRODUCT_PATTERN

SENTINELS = ["NaN", "-", "", "null", "-999", -999, "1e999", 10**400, -(10**400), "1,75,500", True]
SCALARS = st.one_of(
    st.sampled_from(SENTINELS),
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(), SCALARS))
LEG_FIELDS = [
    *("openInterest", "changeinOpenInterest", "totalTradedVolume", "impliedVolatility"),
    *("lastPrice", "change", "bidprice", "bidQty", "askPrice", "askQty"),
    *("buyPrice1", "buyQuantity1", "sellPrice1", "sellQuantity1"),
    *("strikePrice", "expiryDate", "underlying", "identifier", "underlyingValue"),
]
ROW = 4

# A busy machine makes an example slow, never wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_sound(snapshot: Snapshot) -> None:
    assert PRODUCT_PATTERN.fullmatch(snapshot.product.symbol)
    assert snapshot.chains
    if snapshot.spot_price is not None:
        assert 0 < snapshot.spot_price <= LARGEST
    for chain in snapshot.chains:
        assert len(chain.calls) + len(chain.puts)
        for legs in (chain.calls, chain.puts):
            assert ((legs.strikes > 0) & (legs.strikes <= LARGEST)).all()
            assert (np.diff(legs.strikes) > 0).all()
            assert not np.isinf(legs.table()).any()
            for prices in (legs.bid, legs.ask, legs.last, legs.quoted_iv):
                assert not (prices <= 0).any()
            for quantities in (legs.volume, legs.open_interest, legs.bid_size, legs.ask_size):
                assert not (quantities < 0).any()


def rows_but(snapshot: Snapshot, strike: float) -> list[list[list[float]]]:
    """Return all rows of all sides but those of one strike."""
    return [
        [row for row in legs.table().tolist() if row[0] != strike]
        for chain in snapshot.chains
        for legs in (chain.calls, chain.puts)
    ]


@patient
@given(
    shape=st.sampled_from(["classic", "v3"]),
    wild=st.dictionaries(st.sampled_from(LEG_FIELDS), VALUES, min_size=1),
)
def test_nothing_in_a_leg_of_nse_json_does_harm_or_touches_other_strikes(
    shape: Shape, wild: dict[str, Any]
) -> None:
    document = nse_snapshot(shape=shape, strikes=7).document
    whole = read_snapshot(snapshot_file(json.dumps(document)))
    row = document["records"]["data"][ROW]
    row["CE"] |= wild
    snapshot = read_snapshot(snapshot_file(json.dumps(document)))
    assert_sound(snapshot)
    before, after = rows_but(whole, row["strikePrice"]), rows_but(snapshot, row["strikePrice"])
    assert repr(before) == repr(after)  # which, unlike ==, holds between NaNs


@patient
@given(
    wild=st.dictionaries(
        st.sampled_from(["strikePrice", "expiryDate", "expiryDates", "CE", "PE"]),
        VALUES,
        min_size=1,
    )
)
def test_nothing_in_a_row_of_nse_json_does_harm(wild: dict[str, Any]) -> None:
    document = nse_snapshot(strikes=7).document
    document["records"]["data"][ROW] |= wild
    assert_sound(read_snapshot(snapshot_file(json.dumps(document))))


@patient
@given(
    wild=st.dictionaries(
        st.sampled_from(["timestamp", "underlyingValue", "underlying", "symbol", "expiryDates"]),
        VALUES,
        min_size=1,
    )
)
def test_nothing_in_the_head_of_nse_json_does_harm(wild: dict[str, Any]) -> None:
    document = nse_snapshot(strikes=5).document
    document["records"] |= wild
    assert_sound(read_snapshot(snapshot_file(json.dumps(document))))


@patient
@given(data=st.data())
def test_nothing_in_a_cell_of_a_csv_does_harm(data: st.DataObject) -> None:
    website = (NAME, NSE_HEADER + CALL_ONLY, BOTH, PUT_ONLY)
    quote_table = ("quotes.csv", HEAD + CBOE_HEADER + FIRST, SECOND, LATER)
    name, before, row, after = data.draw(st.sampled_from([website, quote_table]))
    cells = row.rstrip("\n").split(",")
    index = data.draw(st.integers(0, len(cells) - 1))
    cells[index] = data.draw(st.one_of(st.text(), st.floats().map(str), st.integers().map(str)))
    text = before + ",".join(cells) + "\n" + after
    assert_sound(read_snapshot(snapshot_file(text, name=name)))


@patient
@given(text=st.text(), start=st.sampled_from(["", "{", "[", NSE_HEADER, HEAD + CBOE_HEADER]))
def test_any_text_is_a_sound_snapshot_or_a_clear_refusal(text: str, start: str) -> None:
    hints = SnapshotHints(product="NIFTY")
    file = snapshot_file(start + text, name=NAME, hints=hints)
    outcome: Snapshot | SourceFormatError
    try:
        outcome = read_snapshot(file)
    except SourceFormatError as refusal:
        outcome = refusal
    if isinstance(outcome, Snapshot):
        assert_sound(outcome)
    else:
        assert str(outcome).startswith(NAME)


def test_the_sums_of_the_largest_values_stay_finite() -> None:
    document = nse_snapshot(strikes=21).document
    for row in document["records"]["data"]:
        for side in {"CE", "PE"} & row.keys():
            row[side]["openInterest"] = LARGEST
    for chain in read_snapshot(snapshot_file(json.dumps(document))).chains:
        assert math.isfinite((chain.calls.open_interest * chain.calls.strikes).sum())
