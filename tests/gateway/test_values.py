"""Whatever stands in a query parameter or a field of a body, both sides make the same of it."""

import pytest
from tests.gateway.both_sides import BothSides
from tests.gateway.probe import probe_service
from tests.gateway.requests_of import (
    contract_bindings,
    kinds_in_body,
    kinds_in_query,
    name_of,
    with_body,
    with_query,
)
from tests.gateway.values import JSON_VALUES, TEXTS
from tests.gateway.verdict import wanted_in
from tests.gateway.wanted_differences import INCIDENTAL

from deltastream.edge.transcoder.http_rule import Binding, bindings_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
_BINDINGS = contract_bindings()
_PROBE = {binding.method.name: binding for binding in bindings_of(probe_service())}
_IN_QUERY = INCIDENTAL | {
    "long-duration",
    "number-notation",
    "time-notation",
}
_IN_BODY = INCIDENTAL | {
    "given-twice",
    "more-after-the-body",
    "negative-zero",
    "no-digits",
    "rounded-integer",
    "time-notation",
    "unknown-enum-name",
    "unknown-name",
    "vanishing-number",
}


@pytest.mark.parametrize(
    "binding", [*(b for b in _BINDINGS if b.takes_query), _PROBE["Query"]], ids=name_of
)
async def test_texts_in_each_kind_of_query_parameter(sides: BothSides, binding: Binding) -> None:
    sides.script.answer()
    for leaf in kinds_in_query(binding):
        for text in TEXTS:
            exchange = await sides.ask(with_query(binding, leaf.path, text))
            assert wanted_in(exchange) <= _IN_QUERY, (leaf.path, text)


@pytest.mark.parametrize(
    "binding", [*(b for b in _BINDINGS if b.takes_body), _PROBE["Body"]], ids=name_of
)
async def test_json_values_in_each_kind_of_field(sides: BothSides, binding: Binding) -> None:
    sides.script.answer()
    for path in kinds_in_body(binding.method.input_type):
        for value in JSON_VALUES:
            exchange = await sides.ask(with_body(binding, path, value))
            assert wanted_in(exchange) <= _IN_BODY, (path[-1].full_name, value)
