"""`--format json`: a line a chain, in the JSON of the contract."""

import json
from pathlib import Path

import protovalidate
import pytest
from tests.enrich_command.expecting import REAL_FILES, expected_messages, processed_now
from tests.enrich_command.invoking import enrich, messages, written
from tests.fixtures.nse_snapshot import EXPIRIES, Shape, nse_snapshot
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.domain.figures import PricingConvention
from deltastream.market.v1 import chain_pb2


@pytest.mark.parametrize("shape", ["classic", "v3"])
def test_each_line_is_the_enriched_chain_that_the_domain_computes(
    tmp_path: Path, shape: Shape
) -> None:
    path = nse_snapshot(shape=shape).write(tmp_path / "chain.json")
    found = [processed_now(message) for message in messages(written(path))]
    assert [message.expiry for message in found] == [str(expiry) for expiry in EXPIRIES]
    assert found == expected_messages(path)


@needs_shared_data
@pytest.mark.parametrize("name", REAL_FILES)
def test_each_line_of_a_real_file_is_what_the_domain_computes(name: str) -> None:
    found = [processed_now(message) for message in messages(written(SHARED / name))]
    assert found == expected_messages(SHARED / name)


def test_every_line_is_valid_by_the_rules_of_the_contract(tmp_path: Path) -> None:
    for message in messages(written(nse_snapshot().write(tmp_path / "chain.json"))):
        protovalidate.validate(message)


def test_convention_rate_and_contract_size_are_those_that_were_asked_for(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    options = ("--convention", "nse", "--rate", "0.07", "--contract-size", "65")
    found = [processed_now(message) for message in messages(written(path, *options))]
    assert found == expected_messages(
        path, convention=PricingConvention.NSE, rate=0.07, contract_size=65.0
    )
    assert {message.rate for message in found} == {0.07}


def test_a_rate_of_nothing_is_a_rate(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    assert {message.rate for message in messages(written(path, "--rate", "0"))} == {0.0}


def test_fields_have_the_names_of_the_contract_and_absent_figures_are_left_out(
    tmp_path: Path,
) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    idle = json.loads(written(path, "--expiry", str(EXPIRIES[-1])))
    assert idle.keys() <= {field.name for field in chain_pb2.EnrichedChain.DESCRIPTOR.fields}
    assert "pcr_oi" not in idle
    assert {"field": "pcr_oi", "reason": "MISSING_REASON_NO_CALL_OPEN_INTEREST"} in idle["missing"]
    assert idle["total_call_oi"] == 0
    assert idle["timestamp"] == "2026-01-20T08:29:23Z"
    assert idle["convention"] == "PRICING_CONVENTION_BLACK76"


def test_it_is_what_is_written_where_there_is_no_terminal(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    by_default = [processed_now(message) for message in messages(written(path))]
    asked_for = [processed_now(message) for message in messages(written(path, "--format", "json"))]
    assert by_default == asked_for


def test_it_writes_a_file_when_one_is_named_and_nothing_else(tmp_path: Path) -> None:
    path = nse_snapshot().write(tmp_path / "chain.json")
    output = tmp_path / "enriched.jsonl"
    result = enrich(path, "--output", output)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    found = [processed_now(message) for message in messages(output.read_text(encoding="utf-8"))]
    assert found == expected_messages(path)
