"""What is declared of tables holds together."""

import pytest
from google.protobuf.descriptor import MethodDescriptor
from tests.edge.tables.oracle import ORACLES

from deltastream.access.v1 import access_pb2
from deltastream.edge.contract import path_of
from deltastream.edge.reading.field_paths import leaves_of
from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.columns import Kind, Unit
from deltastream.edge.tables.figure_table import FIGURES
from deltastream.edge.tables.formats import FORMAT
from deltastream.edge.tables.index import index_of
from deltastream.edge.tables.parameters import Input, names_of
from deltastream.edge.tables.table import Role, Table
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.runtime.contract import required_role

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def test_every_table_is_compared_with_its_rpc() -> None:
    assert [table.name for table in TABLES] == list(ORACLES)


@each_table
def test_every_parameter_is_a_field_of_the_request_but_a_choice_among_the_answer(
    table: Table,
) -> None:
    fields = {leaf.path for leaf in leaves_of(table.method.input_type)}
    unknown = set(names_of(table.parameters)) - fields
    assert unknown == ({"expiry"} if table.name == "smile" else set())
    assert FORMAT not in names_of(table.parameters)


@each_table
def test_a_usual_value_is_one_of_the_choices(table: Table) -> None:
    for parameter in table.parameters:
        if parameter.input is Input.CHOICE:
            assert parameter.choices
            assert parameter.usual in {"", *parameter.choices}


@each_table
def test_a_chart_is_drawn_of_columns_of_numbers(table: Table) -> None:
    if table.chart is not None:
        columns = {column.name: column for column in table.columns}
        assert table.chart.category in columns
        assert {columns[name].kind for name in table.chart.series} == {Kind.NUMBER}


@each_table
def test_numbers_have_a_unit_and_texts_have_none(table: Table) -> None:
    for column in table.columns:
        has_unit = column.unit is not Unit.NONE
        # A table of figures says in each row what it counts.
        own = table.role is Role.METRICS and column.name == "value"
        assert has_unit == (column.kind is Kind.NUMBER and not own), column.name


@each_table
def test_tables_are_for_readers_as_their_rpcs_are(table: Table) -> None:
    assert required_role(path_of(table.method)) == access_pb2.ROLE_READER


def test_the_index_describes_every_table() -> None:
    index = {each["name"]: each for each in index_of(TABLES)}
    assert list(index) == [table.name for table in TABLES]
    chain = index["chain"]
    assert chain["path"] == "/api/tables/chain"
    assert chain["rpc"] == "deltastream.storage.v1.StorageService.ListChains"
    assert [each["name"] for each in chain["parameters"]] == ["product", "expiry"]
    assert [each["required"] for each in chain["parameters"]] == [True, False]
    columns = {each["name"]: each for each in chain["columns"]}
    assert columns["call_iv"]["unit"] == "fraction: 0.14 is 14 %"
    assert columns["call_buildup"] == {
        "name": "call_buildup", "title": "Call Build-up", "type": "text", "unit": None,
    }  # fmt: skip


def test_every_figure_of_a_chain_is_among_the_key_figures() -> None:
    numbers = {
        field.name
        for field in EnrichedChain.DESCRIPTOR.fields
        if field.type == field.TYPE_DOUBLE and not field.is_repeated
    }
    # What figures are made of is no figure.
    inputs = {"rate", "contract_size", "atm_call_price", "atm_put_price", "atm_forward_strike"}
    assert {each.name for each in FIGURES} == numbers - inputs


def test_methods_are_those_of_the_contract() -> None:
    assert all(isinstance(table.method, MethodDescriptor) for table in TABLES)
