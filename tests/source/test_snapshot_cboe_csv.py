"""The CSV of CBOE's quote table: what it says, and rows gone wrong."""

import math
from datetime import UTC, date, datetime

import pytest
from tests.fixtures.snapshot_files import snapshot_file

from deltastream.adapters.source.snapshots.recognition import read_snapshot
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile
from deltastream.domain.errors import SourceFormatError

NAME = "quotes.csv"
CLOSE_BEFORE_MODIFIED = datetime(2026, 1, 20, 21, 0, tzinfo=UTC)
HEAD = (
    "\nInvented Index Fund,Last: 1658.05,Change:  -3.05\n"
    '"Date: January 20, 2026 at 9:05 PM EST",Bid: 657.81,Ask: 657.83,"Volume: 89,468,957"\n'
)
COLUMNS = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
HEADER = f"Expiration Date,Calls,{COLUMNS},Strike,Puts,{COLUMNS}\n"
FIRST = (
    "Fri Jan 23 2026,IIF260123C00500000,0,0,157.1,159.91,0,0.6659,0.9994,0,7,500.00,"
    "IIF260123P00500000,0.01,-0.005,0,0.01,12,0,-0.0007,0,16\n"
)
SECOND = (
    "Fri Jan 23 2026,IIF260123C00505500,9,1,8,10,3,0.5,0.9,0,8,505.50,"
    "IIF260123P00505500,2,0,1,3,4,0.4,-0.1,0,9\n"
)
LATER = (
    "Wed Jul 01 2026,IIF260701C00500000,9,1,8,10,3,0.5,0.9,0,8,500.00,"
    "IIF260701P00500000,2,0,1,3,4,0.4,-0.1,0,9\n"
)


def read(text: str) -> tuple[Snapshot, SnapshotFile]:
    file = snapshot_file(text, name=NAME)
    return read_snapshot(file), file


def test_a_row_is_a_strike_of_an_expiry_with_both_its_legs() -> None:
    snapshot, file = read(HEAD + HEADER + SECOND + LATER + FIRST)
    near, far = snapshot.chains
    nan = math.nan
    call = [500, 157.1, 159.91, nan, 0, 7, nan, 0, nan, nan, 0.6659]
    put = [500, nan, 0.01, 0.01, 12, 16, nan, -0.005, nan, nan, nan]
    assert near.calls.table()[0] == pytest.approx(call, nan_ok=True)
    assert near.puts.table()[0] == pytest.approx(put, nan_ok=True)
    assert near.calls.strikes.tolist() == near.puts.strikes.tolist() == [500, 505.5]
    assert (near.expiry, far.expiry) == (date(2026, 1, 23), date(2026, 7, 1))
    assert not file.skipped.counts


def test_options_end_at_four_in_new_york_in_winter_and_in_summer() -> None:
    near, far = read(HEAD + HEADER + FIRST + LATER)[0].chains
    assert near.expires_at == datetime(2026, 1, 23, 21, 0, tzinfo=UTC)
    assert far.expires_at == datetime(2026, 7, 1, 20, 0, tzinfo=UTC)


def test_the_preamble_states_name_spot_and_time() -> None:
    snapshot, _ = read(HEAD + HEADER + FIRST)
    assert (snapshot.product.symbol, snapshot.product.name) == ("IIF", "Invented Index Fund")
    assert snapshot.spot_price == 1658.05
    assert snapshot.timestamp == datetime(2026, 1, 20, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("January 20, 2026 at 2:05 PM EST", datetime(2026, 1, 20, 19, 5, tzinfo=UTC)),
        ("July 20, 2026 at 2:05 PM EDT", datetime(2026, 7, 20, 18, 5, tzinfo=UTC)),
        ("July 20, 2026 at 12:05\u202fPM PDT", datetime(2026, 7, 20, 19, 5, tzinfo=UTC)),
        ("January 20, 2026 at 9:05 PM GMT+5:30", datetime(2026, 1, 20, 15, 35, tzinfo=UTC)),
        ("January 20, 2026 at 5:05 PM GMT-2", datetime(2026, 1, 20, 19, 5, tzinfo=UTC)),
    ],
)
def test_the_time_is_read_in_the_zone_it_states(written: str, utc: datetime) -> None:
    text = HEAD.replace("January 20, 2026 at 9:05 PM EST", written) + HEADER + FIRST
    snapshot, file = read(text)
    assert snapshot.timestamp == utc
    assert not file.skipped.counts


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("January 20, 2026 at 9:05 PM EST", datetime(2026, 1, 20, 21, 0, tzinfo=UTC)),
        ("January 20, 2026 at 8:00 AM EST", datetime(2026, 1, 16, 21, 0, tzinfo=UTC)),
        ("November 28, 2026 at 9:05 AM EST", datetime(2026, 11, 27, 18, 0, tzinfo=UTC)),
        ("January 20, 2126 at 9:05 PM EST", datetime(2126, 1, 21, 2, 5, tzinfo=UTC)),
    ],
    ids=["after the close", "after a long weekend", "after an early close", "beyond the calendar"],
)
def test_while_nothing_trades_the_quotes_are_those_of_the_last_close(
    written: str, utc: datetime
) -> None:
    text = HEAD.replace("January 20, 2026 at 9:05 PM EST", written) + HEADER + FIRST
    snapshot, _ = read(text)
    assert snapshot.timestamp == utc


@pytest.mark.parametrize("written", ["today", "January 20, 2026 at 9:05 PM XYZ", "Jan 99, 2026"])
def test_a_time_that_cannot_be_read_is_counted_and_that_of_the_file_taken(written: str) -> None:
    text = HEAD.replace("January 20, 2026 at 9:05 PM EST", written) + HEADER + FIRST
    snapshot, file = read(text)
    assert snapshot.timestamp == CLOSE_BEFORE_MODIFIED
    assert file.skipped.examples == {SkipReason.TIMESTAMP: f"{NAME}: preamble.Date"}


def test_without_preamble_spot_is_absent_the_time_is_the_files_and_the_name_the_symbol() -> None:
    snapshot, file = read(HEADER + FIRST)
    assert snapshot.spot_price is None
    assert (snapshot.timestamp, snapshot.product.name) == (CLOSE_BEFORE_MODIFIED, "IIF")
    assert not file.skipped.counts


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (SECOND.replace(",505.50,", ",,"), SkipReason.STRIKE),
        (SECOND.replace(",505.50,", ",0,"), SkipReason.STRIKE),
        (SECOND.replace("Fri Jan 23 2026", "Fri Jan 32 2026"), SkipReason.EXPIRY),
        (SECOND.replace("Fri Jan 23 2026", ""), SkipReason.EXPIRY),
        (SECOND.replace("IIF260123C00505500", "").replace("IIF260123P00505500", "-"),
         SkipReason.NO_LEG),
        (SECOND.replace(",9\n", "\n"), SkipReason.MALFORMED),
        (SECOND.replace(",9\n", ",9,9\n"), SkipReason.MALFORMED),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_skipped_and_named_and_the_next_stays(
    row: str, reason: SkipReason
) -> None:
    snapshot, file = read(HEAD + HEADER + FIRST + row + LATER)
    near, far = snapshot.chains
    assert near.calls.strikes.tolist() == near.puts.strikes.tolist() == [500]
    assert len(far.calls) == 1
    assert file.skipped.counts == {reason: 1}
    assert file.skipped.examples == {reason: f"{NAME}: line 6"}


def test_a_leg_without_symbol_is_not_listed_and_the_other_stays() -> None:
    snapshot, file = read(HEAD + HEADER + FIRST + SECOND.replace("IIF260123C00505500", ""))
    (chain,) = snapshot.chains
    assert chain.calls.strikes.tolist() == [500]
    assert chain.puts.strikes.tolist() == [500, 505.5]
    assert not file.skipped.counts


def test_an_option_of_another_root_is_skipped_and_counted() -> None:
    other = SECOND.replace("IIF2", "IIFW2")
    snapshot, file = read(HEAD + HEADER + FIRST + LATER + other)
    assert snapshot.product.symbol == "IIF"
    assert file.skipped.counts == {SkipReason.OTHER_PRODUCT: 2}


def test_a_wild_value_is_absent_counted_and_named() -> None:
    snapshot, file = read(HEAD + HEADER + FIRST.replace("159.91", "-999"))
    assert math.isnan(snapshot.chains[0].calls.ask[0])
    assert snapshot.chains[0].calls.bid[0] == 157.1
    assert file.skipped.examples == {SkipReason.NEGATIVE: f"{NAME}: line 5.CE.ASK"}


def test_a_file_without_usable_header_or_rows_is_an_error() -> None:
    with pytest.raises(SourceFormatError, match=r"has no header row with Open Interest on both"):
        read("Expiration Date,Calls\n")
    with pytest.raises(SourceFormatError, match=r"lists no option; the exchange may have had"):
        read(HEAD + HEADER)
