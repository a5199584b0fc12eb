"""`--format csv`: a row an option, with the field names of the contract."""

from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from tests.enrich_command.expecting import BANKNIFTY, REAL_FILES, expected_messages
from tests.enrich_command.invoking import NOW, rows, written
from tests.fixtures.nse_snapshot import EXPIRIES, nse_snapshot
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.market.v1 import chain_pb2
from deltastream.offline.command import run_enrich
from deltastream.offline.formats.csv_columns import CHAIN_COLUMNS, COLUMNS, LEG_COLUMNS
from deltastream.offline.options import EnrichOptions

CHAIN_FIELDS = {field.name for field in chain_pb2.EnrichedChain.DESCRIPTOR.fields}
LEG_FIELDS = {field.name for field in chain_pb2.OptionLeg.DESCRIPTOR.fields}
BOTH_HAVE = "price_basis"


def csv_of(path: Path, *arguments: str) -> list[dict[str, str]]:
    return list(rows(written(path, "--format", "csv", *arguments)))


def column_of(field: str) -> str:
    return f"chain_{field}" if field == BOTH_HAVE else field


def assert_says(cell: str, message: Message, field: FieldDescriptor) -> None:
    """See that a cell holds a single field's value, or nothing where the field is absent."""
    value = getattr(message, field.name)
    if field.has_presence and not message.HasField(field.name):
        assert cell == ""
    elif field.enum_type is not None:
        assert cell == (field.enum_type.values_by_number[value].name if value else "")
    elif field.message_type is not None:
        assert cell == value.ToJsonString()
    elif field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        assert float(cell) == value
    else:
        assert cell == str(value)


def assert_rows_say(found: list[dict[str, str]], chains: list[chain_pb2.EnrichedChain]) -> None:
    """See that every field of every chain and leg stands in its column."""
    typed = [
        (chain, option_type, leg)
        for chain in chains
        for option_type, leg in sorted(
            [
                *(("OPTION_TYPE_CALL", leg) for leg in chain.calls),
                *(("OPTION_TYPE_PUT", leg) for leg in chain.puts),
            ],
            key=lambda pair: (pair[1].strike, pair[0]),
        )
    ]
    for row, (chain, option_type, leg) in zip(found, typed, strict=True):
        assert row["option_type"] == option_type
        for field in leg.DESCRIPTOR.fields:
            assert_says(row[field.name], leg, field)
        for field in chain.DESCRIPTOR.fields:
            if not field.is_repeated and field.name != "processed_at":
                assert_says(row[column_of(field.name)], chain, field)


def test_columns_are_the_fields_of_the_contract_each_once() -> None:
    assert set(CHAIN_COLUMNS) == {column_of(name) for name in CHAIN_FIELDS - {"calls", "puts"}}
    assert set(LEG_COLUMNS) == LEG_FIELDS
    assert {BOTH_HAVE} == CHAIN_FIELDS & LEG_FIELDS
    assert len(COLUMNS) == len(set(COLUMNS)) == len(CHAIN_COLUMNS) + 1 + len(LEG_COLUMNS)


def test_the_first_row_names_the_columns_in_their_order(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    first, *_ = written(path, "--format", "csv").splitlines()
    assert first.split(",") == list(COLUMNS)


def test_every_cell_is_a_field_of_the_enriched_chain(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    assert_rows_say(csv_of(path), expected_messages(path))


@needs_shared_data
@pytest.mark.parametrize("name", REAL_FILES)
def test_every_cell_of_a_real_file_is_a_field_of_the_enriched_chain(name: str) -> None:
    assert_rows_say(csv_of(SHARED / name), expected_messages(SHARED / name))


def test_rows_ascend_by_strike_with_the_call_before_the_put(tmp_path: Path) -> None:
    path = nse_snapshot(strikes=3, expiries=EXPIRIES[:1]).write(tmp_path / "chain.json")
    order = [(row["strike"], row["option_type"]) for row in csv_of(path)]
    assert order == [
        ("24550", "OPTION_TYPE_PUT"),
        ("24600", "OPTION_TYPE_CALL"),
        ("24600", "OPTION_TYPE_PUT"),
        ("24650", "OPTION_TYPE_CALL"),
    ]


def test_several_values_of_one_cell_stand_between_semicolons(tmp_path: Path) -> None:
    snapshot = nse_snapshot()
    path = snapshot.write(tmp_path / "chain.json")
    thin, idle = (csv_of(path, "--expiry", str(expiry))[0] for expiry in EXPIRIES[-2:])
    ties = tuple(float(strike) for strike in thin["max_pain_ties"].split(";"))
    assert ties == snapshot.expected[EXPIRIES[-2]].max_pain_ties
    assert len(ties) > 1
    assert "pcr_oi=MISSING_REASON_NO_CALL_OPEN_INTEREST" in idle["missing"].split(";")
    assert (idle["max_pain_ties"], idle["pcr_oi"], idle["total_call_oi"]) == ("", "", "0")


def test_the_time_of_processing_is_what_the_clock_says(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    options = EnrichOptions(path=path, format="csv", output=tmp_path / "chain.csv")
    assert run_enrich(options, clock=lambda: NOW) == 0
    found = rows((tmp_path / "chain.csv").read_text(encoding="utf-8"))
    assert {row["processed_at"] for row in found} == {"2026-01-20T09:00:00Z"}


@needs_shared_data
def test_the_exchange_s_own_volatilities_stand_beside_ours_and_agree() -> None:
    found = csv_of(SHARED / BANKNIFTY, "--convention", "nse")
    both = [
        (float(row["iv"]), float(row["quoted_iv"]))
        for row in found
        if row["iv"] and row["quoted_iv"]
    ]
    assert len(both) == 406
    assert max(abs(ours - theirs) for ours, theirs in both) * 100 <= 0.006
