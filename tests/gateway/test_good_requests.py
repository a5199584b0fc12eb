"""Whatever message a client sends and a service answers, both sides say the same of it."""

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.edge.any_message import messages
from tests.gateway.both_sides import BothSides
from tests.gateway.exchange import Request
from tests.gateway.probe import probe_message
from tests.gateway.requests_of import contract_bindings, name_of, request_of
from tests.gateway.verdict import wanted_in
from tests.gateway.wanted_differences import INCIDENTAL

from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.transcoder.http_rule import Binding

pytestmark = pytest.mark.asyncio(loop_scope="session")
_BINDINGS = contract_bindings()
# What is drawn may hold numbers that enums do not have, and durations that Go does not.
_DRAWN = INCIDENTAL | {"long-duration"}
# Derandomized: a suite that compares two programs has to find the same today and tomorrow.
_EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    # Shrinking a message of a hundred fields takes minutes; the report names the field anyway.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("binding", _BINDINGS, ids=name_of)
@given(data=st.data())
@_EXAMPLES
async def test_any_request_and_any_answer(
    sides: BothSides, binding: Binding, data: st.DataObject
) -> None:
    message = data.draw(messages(binding.method.input_type))
    sides.script.answer(*data.draw(_frames(binding.method.output_type)))
    assert wanted_in(await sides.ask(request_of(binding, message))) <= _DRAWN


def _frames(descriptor: Descriptor) -> st.SearchStrategy[list[Message]]:
    return st.lists(messages(descriptor), max_size=3)


@pytest.mark.parametrize(
    "path", ["/probe/body", "/probe/watch"], ids=["an answer", "frames of a stream"]
)
@given(data=st.data())
@settings(_EXAMPLES, max_examples=100)
async def test_answers_with_every_kind_of_value(
    sides: BothSides, path: str, data: st.DataObject
) -> None:
    kind = probe_message("WatchResponse" if path == "/probe/watch" else "BodyResponse")
    sides.script.answer(data.draw(messages(kind)))
    exchange = await sides.ask(Request(method="POST", target=path))
    assert exchange.edge.served
    assert wanted_in(exchange) <= INCIDENTAL


@given(data=st.data())
@settings(_EXAMPLES, max_examples=100)
async def test_requests_with_every_kind_of_value(sides: BothSides, data: st.DataObject) -> None:
    sides.script.answer()
    message = data.draw(messages(probe_message("BodyRequest")))
    request = Request(method="POST", target="/probe/body", body=to_json(message))
    exchange = await sides.ask(request)
    assert exchange.edge.served
    assert wanted_in(exchange) <= INCIDENTAL
