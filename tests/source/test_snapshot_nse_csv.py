"""The CSV of NSE's website: what it says, what it leaves unsaid, and rows gone wrong."""

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from tests.fixtures.snapshot_files import MODIFIED, snapshot_file

from deltastream.adapters.source.snapshots.file_names import facts_of_name
from deltastream.adapters.source.snapshots.recognition import read_snapshot
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile, SnapshotHints
from deltastream.domain.errors import InvalidValueError, SourceFormatError
from deltastream.domain.events import OptionChain

NAME = "option-chain-ED-NIFTY-27-Jan-2026.csv"
HEADER = (
    "CALLS,,PUTS\n"
    ",OI,CHNG IN OI,VOLUME,IV,LTP,CHNG,BID QTY,BID,ASK,ASK QTY,STRIKE,"
    "BID QTY,BID,ASK,ASK QTY,CHNG,LTP,IV,VOLUME,CHNG IN OI,OI,\n"
)
CALL_ONLY = ',5,-,-,-,-,-,75,1.05,2.10,75,"24,400.00",-,-,-,-,-,-,-,-,-,-,\n'
BOTH = (
    ',"1,00,250",12,"3,34,701",10.11,172.00,-19.65,"2,175",171.55,171.95,150,"24,600.00",'
    '300,119.05,119.35,900,0.00,118.00,10.97,"4,32,331",-14,"45,418",\n'
)
PUT_ONLY = ',-,-,-,-,-,-,-,-,-,-,"24,700.00",75,99.00,99.90,75,-,-,-,-,-,0,\n'


def read(text: str, name: str = NAME, **hints: object) -> tuple[Snapshot, SnapshotFile]:
    file = snapshot_file(text, name=name, hints=SnapshotHints(**hints))  # type: ignore[arg-type]
    return read_snapshot(file), file


def chain_of(snapshot: Snapshot) -> OptionChain:
    (chain,) = snapshot.chains
    return chain


def test_a_row_is_a_strike_with_its_call_before_and_its_put_behind() -> None:
    snapshot, file = read(HEADER + BOTH)
    chain = chain_of(snapshot)
    call = [24_600, 171.55, 171.95, 172, 334_701, 100_250, 12, -19.65, 2175, 150, 0.1011]
    put = [24_600, 119.05, 119.35, 118, 432_331, 45_418, -14, 0, 300, 900, 0.1097]
    assert chain.calls.table()[0] == pytest.approx(call)
    assert chain.puts.table()[0] == pytest.approx(put)
    assert not file.skipped.counts


def test_a_side_of_dashes_is_not_listed_and_a_dash_beside_values_is_absent() -> None:
    chain = chain_of(read(HEADER + CALL_ONLY + BOTH + PUT_ONLY)[0])
    assert chain.calls.strikes.tolist() == [24_400, 24_600]
    assert chain.puts.strikes.tolist() == [24_600, 24_700]
    assert math.isnan(chain.calls.volume[0])
    assert chain.puts.open_interest[1] == 0


def test_strikes_ascend_whatever_the_order_of_the_rows() -> None:
    chain = chain_of(read(HEADER + PUT_ONLY + BOTH + CALL_ONLY)[0])
    assert chain.calls.strikes.tolist() == [24_400, 24_600]
    assert chain.puts.strikes.tolist() == [24_600, 24_700]


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    text = ("\n" + HEADER + "\n" + BOTH + ",,,\n\n").replace("\n", "\r\n")
    snapshot, file = read(text)
    expected = chain_of(read(HEADER + BOTH)[0])
    assert np.array_equal(chain_of(snapshot).calls.table(), expected.calls.table())
    assert not file.skipped.counts


@pytest.mark.parametrize(
    ("name", "product", "expiry"),
    [
        ("option-chain-ED-NIFTY-21-Aug-2025.csv", "NIFTY", date(2025, 8, 21)),
        ("option-chain-ED-NIFTY-21-Aug-2025 (1).csv", "NIFTY", date(2025, 8, 21)),
        ("0930_option-chain-ED-M&M-28-AUG-2025.csv", "M&M", date(2025, 8, 28)),
        ("option-chain-ED-BAJAJ-AUTO-28-Aug-2025.csv", "BAJAJ-AUTO", date(2025, 8, 28)),
        ("nse_website_export_nifty_exp_2025-08-21.csv", "NIFTY", date(2025, 8, 21)),
        ("banknifty_exp_2025-08-28.csv", "BANKNIFTY", date(2025, 8, 28)),
        ("option-chain-ED-NIFTY-31-Feb-2025.csv", None, None),
        ("nifty.csv", None, None),
    ],
)
def test_a_name_states_product_and_expiry(
    name: str, product: str | None, expiry: date | None
) -> None:
    facts = facts_of_name(name)
    assert (facts.product, facts.expiry) == (product, expiry)


def test_what_the_name_does_not_state_the_user_may() -> None:
    snapshot, _ = read(HEADER + BOTH, "a.csv", product="FINNIFTY", expiry=date(2026, 1, 27))
    assert snapshot.product.symbol == "FINNIFTY"
    assert chain_of(snapshot).expiry == date(2026, 1, 27)


@pytest.mark.parametrize(
    ("hints", "missing"),
    [
        ({}, "product and expiry"),
        ({"product": "NIFTY"}, "expiry"),
        ({"expiry": date(2026, 1, 27)}, "product"),
    ],
)
def test_what_nobody_states_is_an_error_that_says_how_to_state_it(
    hints: dict[str, object], missing: str
) -> None:
    with pytest.raises(SourceFormatError, match=rf"does not state its {missing}; keep the name of"):
        read(HEADER + BOTH, "a.csv", **hints)


def test_hints_that_mean_nothing_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="product: 'nifty 50' is no symbol"):
        SnapshotHints(product="nifty 50")
    with pytest.raises(InvalidValueError, match="states no time zone"):
        SnapshotHints(timestamp=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_the_time_is_the_users_or_that_of_the_file_and_spot_is_absent() -> None:
    given = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
    hinted, _ = read(HEADER + BOTH, timestamp=given)
    assert (hinted.timestamp, chain_of(hinted).timestamp) == (given, given)
    unhinted, _ = read(HEADER + BOTH)
    assert (unhinted.timestamp, unhinted.spot_price) == (MODIFIED, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (BOTH.replace('"24,600.00"', "-"), SkipReason.STRIKE),
        (BOTH.replace('"24,600.00"', "-999"), SkipReason.STRIKE),
        (BOTH.replace('"24,600.00"', "24,600.00"), SkipReason.MALFORMED),
        (BOTH[:60] + "\n", SkipReason.MALFORMED),
        (BOTH.replace('"1,00,250"', '"1,00,250'), SkipReason.MALFORMED),
        (",-,-,-,-,-,-,-,-,-,-,24500,-,-,-,-,-,-,-,-,-,-,\n", SkipReason.NO_LEG),
        ("x" * 200_000 + "," + BOTH, SkipReason.MALFORMED),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_and_named_and_the_next_stays(
    row: str, reason: SkipReason
) -> None:
    snapshot, file = read(HEADER + CALL_ONLY + row + PUT_ONLY)
    chain = chain_of(snapshot)
    assert chain.calls.strikes.tolist() == [24_400]
    assert chain.puts.strikes.tolist() == [24_700]
    assert file.skipped.counts == {reason: 1}
    assert file.skipped.examples == {reason: f"{NAME}: line 4"}


def test_a_wild_value_is_absent_counted_and_named() -> None:
    snapshot, file = read(HEADER + BOTH.replace("119.05", "-999"))
    assert math.isnan(chain_of(snapshot).puts.bid[0])
    assert chain_of(snapshot).puts.ask[0] == 119.35
    assert file.skipped.examples == {SkipReason.NEGATIVE: f"{NAME}: line 3.PE.BID"}


def test_a_repeated_strike_is_counted_and_the_first_holds() -> None:
    _, file = read(HEADER + BOTH + BOTH)
    assert file.skipped.counts == {SkipReason.REPEATED_LEG: 2}
    assert file.skipped.examples == {SkipReason.REPEATED_LEG: f"{NAME}: line 4.CE"}


def test_a_file_without_usable_header_or_rows_is_an_error() -> None:
    with pytest.raises(SourceFormatError, match=r"has no header row with OI on both sides of STR"):
        read("CALLS,,PUTS\n,OI,STRIKE\n")
    with pytest.raises(SourceFormatError, match=r"lists no option; the exchange may have had"):
        read(HEADER)
