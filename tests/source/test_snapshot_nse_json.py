"""NSE's option-chain JSON: both shapes, records gone wrong, and what makes a file unusable."""

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.fixtures.nse_snapshot import EXPIRIES, GeneratedOption, Shape, nse_snapshot
from tests.fixtures.snapshot_files import MODIFIED, snapshot_file

from deltastream.adapters.source.snapshots.recognition import read_snapshot
from deltastream.adapters.source.snapshots.skipping import SkipReason
from deltastream.adapters.source.snapshots.snapshot import Snapshot, SnapshotFile, SnapshotHints
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.events import LEG_COLUMNS, Legs

SHAPES: tuple[Shape, Shape] = ("classic", "v3")
Spoil = Callable[[dict[str, Any]], object]


def read(document: object, **options: Any) -> tuple[Snapshot, SnapshotFile]:
    file = snapshot_file(json.dumps(document), **options)
    return read_snapshot(file), file


def values_by_strike(legs: Legs) -> dict[float, list[float | None]]:
    """Return the rows of a side with None for NaN, so that they can be compared."""
    return {
        row[0]: [None if math.isnan(value) else value for value in row[1:]]
        for row in legs.table().tolist()
    }


def all_values(snapshot: Snapshot) -> dict[tuple[date, str, float], list[float | None]]:
    return {
        (chain.expiry, side, strike): values
        for chain in snapshot.chains
        for side, legs in (("CE", chain.calls), ("PE", chain.puts))
        for strike, values in values_by_strike(legs).items()
    }


def as_read(option: GeneratedOption) -> list[float | None]:
    """Return an option's values in the order of LEG_COLUMNS, as they must come out."""
    values = {
        "bid": option.bid or None,
        "ask": option.ask or None,
        "last": option.last or None,
        "volume": option.volume,
        "open_interest": option.open_interest,
        "change_in_open_interest": option.change_in_open_interest,
        "price_change": option.price_change,
        "bid_size": option.bid_size,
        "ask_size": option.ask_size,
        "quoted_iv": option.implied_volatility_percent / 100 or None,
    }
    return [values[name] for name in LEG_COLUMNS[1:]]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_listed_option_comes_out_with_its_values_and_nothing_else(shape: Shape) -> None:
    generated = nse_snapshot(shape=shape)
    snapshot, file = read(generated.document)
    found = all_values(snapshot)
    assert len(found) == len(generated.options)
    for option in generated.options:
        assert found[option.expiry, option.side, option.strike] == as_read(option)
    assert not file.skipped.counts


@pytest.mark.parametrize("shape", SHAPES)
def test_head_and_chains_are_those_of_the_document(shape: Shape) -> None:
    generated = nse_snapshot(shape=shape, product="BANKNIFTY", spot=51_234.5, step=100)
    snapshot, _ = read(generated.document)
    assert snapshot.timestamp == generated.timestamp == datetime(2026, 1, 20, 8, 29, 23, tzinfo=UTC)
    assert snapshot.spot_price == 51_234.5
    product = snapshot.product
    assert (product.symbol, product.name, product.exchange) == ("BANKNIFTY", "NIFTY Bank", "XNSE")
    assert (product.currency, product.time_zone) == ("INR", "Asia/Kolkata")
    assert (product.tick_size, product.strike_step, product.lot_size) == (0.05, 100, None)
    for chain in snapshot.chains:
        expected = generated.expected[chain.expiry]
        assert (len(chain.calls), len(chain.puts)) == (expected.calls, expected.puts)
        assert chain.calls.open_interest.sum() == expected.call_oi
        assert chain.puts.volume.sum() == expected.put_volume
        assert chain.expires_at == datetime(
            chain.expiry.year, chain.expiry.month, chain.expiry.day, 10, 0, tzinfo=UTC
        )


def test_both_shapes_of_the_same_options_read_alike() -> None:
    classic, _ = read(nse_snapshot(shape="classic").document)
    v3, _ = read(nse_snapshot(shape="v3").document)
    assert all_values(classic) == all_values(v3)


def test_a_zeroed_leg_that_has_an_identifier_is_listed() -> None:
    document = nse_snapshot(shape="v3").document
    row = document["records"]["data"][0]
    row["CE"]["identifier"] = "OPTIDXNIFTY27-01-2026CE24100.00"
    snapshot, _ = read(document)
    assert snapshot.chains[0].calls.strikes[0] == row["strikePrice"]


def test_a_leg_without_identifier_that_has_values_is_listed() -> None:
    document = nse_snapshot(shape="v3").document
    row = document["records"]["data"][0]
    row["CE"]["openInterest"] = 12
    snapshot, _ = read(document)
    assert snapshot.chains[0].calls.open_interest[0] == 12


def set_row(**fields: object) -> Spoil:
    return lambda row: row.update(fields)


def set_call(**fields: object) -> Spoil:
    return lambda row: row["CE"].update(fields)


@pytest.mark.parametrize(
    ("spoil", "reason", "place"),
    [
        (set_row(strikePrice=0), SkipReason.STRIKE, "data[24]"),
        (set_row(strikePrice=-24_500), SkipReason.STRIKE, "data[24]"),
        (set_row(strikePrice="NaN"), SkipReason.STRIKE, "data[24]"),
        (set_row(strikePrice=math.inf), SkipReason.STRIKE, "data[24]"),
        (set_row(expiryDate="31-Feb-2026"), SkipReason.EXPIRY, "data[24]"),
        (set_row(expiryDate="27-Jan-9999"), SkipReason.EXPIRY, "data[24]"),
        (set_row(expiryDate=20_260_127), SkipReason.EXPIRY, "data[24]"),
        (set_row(CE=None, PE=None), SkipReason.NO_LEG, "data[24]"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_counted_and_named(
    spoil: Spoil, reason: SkipReason, place: str
) -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    row = document["records"]["data"][24]
    key = (datetime.strptime(row["expiryDate"], "%d-%b-%Y").date(), row["strikePrice"])  # noqa: DTZ007 - a date
    spoil(row)
    snapshot, file = read(document)
    left = {at: values for at, values in all_values(whole).items() if (at[0], at[2]) != key}
    assert all_values(snapshot) == left
    assert file.skipped.counts == {reason: 1}
    assert file.skipped.examples == {reason: f"chain.json: {place}"}


@pytest.mark.parametrize("row", [None, 7, "row", []])
def test_a_row_that_is_no_record_is_skipped_counted_and_named(row: object) -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    document["records"]["data"].insert(3, row)
    snapshot, file = read(document)
    assert all_values(snapshot) == all_values(whole)
    assert file.skipped.examples == {SkipReason.MALFORMED: "chain.json: data[3]"}


def test_a_leg_that_is_no_record_is_skipped_and_the_other_stays() -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    row = document["records"]["data"][24]
    row["CE"] = "-"
    snapshot, file = read(document)
    assert len(all_values(snapshot)) == len(all_values(whole)) - 1
    assert file.skipped.examples == {SkipReason.MALFORMED: "chain.json: data[24].CE"}


@pytest.mark.parametrize(
    ("field", "raw", "column", "reason"),
    [
        ("openInterest", -999, "open_interest", SkipReason.NEGATIVE),
        ("totalTradedVolume", "-999", "volume", SkipReason.NEGATIVE),
        ("lastPrice", -1.5, "last", SkipReason.NEGATIVE),
        ("bidprice", "abc", "bid", SkipReason.NO_NUMBER),
        ("askPrice", {}, "ask", SkipReason.NO_NUMBER),
        ("askQty", math.inf, "ask_size", SkipReason.OUT_OF_RANGE),
        ("change", 1e300, "price_change", SkipReason.OUT_OF_RANGE),
        ("impliedVolatility", -1, "quoted_iv", SkipReason.NEGATIVE),
    ],
)
def test_a_wild_value_is_absent_counted_and_named_and_its_neighbours_stay(
    field: str, raw: object, column: str, reason: SkipReason
) -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    document["records"]["data"][24]["CE"][field] = raw
    snapshot, file = read(document)
    assert differences(whole, snapshot) == [column]
    assert file.skipped.counts == {reason: 1}
    assert file.skipped.examples == {reason: f"chain.json: data[24].CE.{field}"}


@pytest.mark.parametrize("raw", [None, "-", "NaN", "", math.nan])
@pytest.mark.parametrize("field", ["openInterest", "askPrice", "askQty"])
def test_a_value_that_is_not_stated_is_absent_and_nothing_to_count(field: str, raw: object) -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    document["records"]["data"][24]["CE"][field] = raw
    snapshot, file = read(document)
    assert len(differences(whole, snapshot)) == 1
    assert not file.skipped.counts


def differences(whole: Snapshot, other: Snapshot) -> list[str]:
    """Return the columns of values that were there and are absent; all else must be equal."""
    before, after = all_values(whole), all_values(other)
    assert before.keys() == after.keys()
    lost = []
    for key, values in before.items():
        for name, old, new in zip(LEG_COLUMNS[1:], values, after[key], strict=True):
            if new is None and old is not None:
                lost.append(name)
            else:
                assert new == old
    return lost


def test_of_a_repeated_option_the_first_holds_and_the_other_is_counted() -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    rows = document["records"]["data"]
    rows.append({**rows[24], "CE": {**rows[24]["CE"], "openInterest": 1e6}, "PE": None})
    snapshot, file = read(document)
    assert all_values(snapshot) == all_values(whole)
    place = f"chain.json: data[{len(rows) - 1}].CE"
    assert file.skipped.examples == {SkipReason.REPEATED_LEG: place}


def test_an_option_of_another_product_is_skipped_and_counted() -> None:
    document = nse_snapshot().document
    document["records"]["data"][24]["PE"]["underlying"] = "BANKNIFTY"
    snapshot, file = read(document)
    assert snapshot.product.symbol == "NIFTY"
    assert file.skipped.examples == {SkipReason.OTHER_PRODUCT: "chain.json: data[24].PE"}


def test_an_expiry_of_which_no_option_can_be_used_has_no_chain() -> None:
    generated = nse_snapshot()
    for row in generated.document["records"]["data"]:
        for side in {"CE", "PE"} & row.keys():
            if row["expiryDate"] == f"{EXPIRIES[1]:%d-%b-%Y}":
                row[side]["underlying"] = "BANKNIFTY"
    snapshot, _ = read(generated.document)
    expiries = [chain.expiry for chain in snapshot.chains]
    assert expiries == [EXPIRIES[0], *EXPIRIES[2:]]


def test_the_expiry_is_that_of_the_row_even_where_no_leg_repeats_it() -> None:
    for shape in SHAPES:
        document = nse_snapshot(shape=shape).document
        for row in document["records"]["data"]:
            for side in {"CE", "PE"} & row.keys():
                del row[side]["expiryDate"]
        snapshot, _ = read(document)
        assert [chain.expiry for chain in snapshot.chains] == list(EXPIRIES)


def test_strike_and_expiry_are_those_of_a_leg_where_the_row_is_silent() -> None:
    document = nse_snapshot().document
    whole, _ = read(document)
    for row in document["records"]["data"]:
        del row["strikePrice"], row["expiryDate"]
    assert all_values(read(document)[0]) == all_values(whole)


def test_the_product_is_read_from_the_identifier_where_no_underlying_is_stated() -> None:
    document = nse_snapshot(product="M&M").document
    for row in document["records"]["data"]:
        for side in ("CE", "PE"):
            row.get(side, {}).pop("underlying", None)
    snapshot, _ = read(document)
    assert snapshot.product.symbol == "M&M"


def anonymous() -> dict[str, Any]:
    document = nse_snapshot().document
    for row in document["records"]["data"]:
        for side in ("CE", "PE"):
            if side in row:
                row[side] |= {"underlying": None, "identifier": None}
    return document


def test_a_product_that_no_option_states_is_taken_from_the_head_the_name_or_the_user() -> None:
    headed = anonymous()
    headed["records"]["underlying"] = "finnifty"
    assert read(headed)[0].product.symbol == "FINNIFTY"
    named, _ = read(anonymous(), name="option-chain-ED-NIFTYNXT50-27-Jan-2026.json")
    assert named.product.symbol == "NIFTYNXT50"
    hinted, _ = read(anonymous(), hints=SnapshotHints(product="NIFTY"))
    assert hinted.product.symbol == "NIFTY"


def test_a_product_that_is_nowhere_stated_is_an_error() -> None:
    with pytest.raises(SourceFormatError, match=r"names no underlying; state the product, or name"):
        read(anonymous())


def test_spot_is_what_an_option_says_where_the_head_does_not() -> None:
    document = nse_snapshot(spot=24_600.0).document
    document["records"]["underlyingValue"] = 0
    document["records"]["data"][0]["PE"]["underlyingValue"] = 0
    assert read(document)[0].spot_price == 24_600


def test_spot_that_is_nowhere_stated_is_absent() -> None:
    document = nse_snapshot(shape="v3").document
    del document["records"]["underlyingValue"]
    for row in document["records"]["data"]:
        row["CE"]["underlyingValue"] = row["PE"]["underlyingValue"] = None
    snapshot, file = read(document)
    assert snapshot.spot_price is None
    assert not file.skipped.counts


def test_a_missing_time_is_the_users_or_that_of_the_file() -> None:
    document = nse_snapshot().document
    del document["records"]["timestamp"]
    given = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
    assert read(document)[0].timestamp == MODIFIED
    assert read(document, hints=SnapshotHints(timestamp=given))[0].timestamp == given


def test_a_time_that_cannot_be_read_is_counted_as_well() -> None:
    document = nse_snapshot().document
    document["records"]["timestamp"] = "yesterday"
    snapshot, file = read(document)
    assert snapshot.timestamp == MODIFIED
    assert file.skipped.examples == {SkipReason.TIMESTAMP: "chain.json: records.timestamp"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is an empty JSON object, which is what the exchange answers to visitors it takes"),
        ('{"records": {"data": [', "is no valid JSON .*; it may have been cut off or edited"),
        ("[" * 100_000, "is no valid JSON"),
        ("[]", "is JSON and no NSE option chain: expected an object with a list at `records.data`"),
        ('{"records": []}', "is JSON and no NSE option chain: .* pass the exchange's answer"),
        ('{"records": {"data": {}}}', "is JSON and no NSE option chain"),
        ('{"records": {"data": []}}', "lists no option; the exchange may have had no data then"),
        (
            '{"records": {"data": [{}, 7]}}',
            r"lists no option that could be used: the record lists neither .* \(1x\), the recor",
        ),
    ],
)
def test_json_that_is_no_option_chain_is_an_error_that_says_why(text: str, message: str) -> None:
    with pytest.raises(SourceFormatError, match=rf"^chain\.json .*{message}"):
        read_snapshot(snapshot_file(text))


def test_a_number_of_thousands_of_digits_is_one_wild_value() -> None:
    document = nse_snapshot().document
    document["records"]["data"][24]["CE"]["askQty"] = "HERE"
    file = snapshot_file(json.dumps(document).replace('"HERE"', "9" * 5000))
    read_snapshot(file)
    assert file.skipped.examples == {SkipReason.OUT_OF_RANGE: "chain.json: data[24].CE.askQty"}
