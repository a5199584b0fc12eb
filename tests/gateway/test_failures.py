"""Whatever a service fails with, both sides say the same of it."""

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from tests.gateway.both_sides import BothSides
from tests.gateway.requests_of import contract_bindings, name_of, request_of
from tests.gateway.scripted_services import Failure
from tests.gateway.verdict import wanted_in
from tests.gateway.wanted_differences import INCIDENTAL

from deltastream.edge.transcoder.http_rule import Binding

pytestmark = pytest.mark.asyncio(loop_scope="session")
_BINDINGS = contract_bindings()
_STREAMS = [binding for binding in _BINDINGS if binding.method.server_streaming]
_CODES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
_RETRYABLE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


def failure_of(code: grpc.StatusCode) -> Failure:
    """Return a failure as our services send them."""
    violation = error_details_pb2.BadRequest.FieldViolation(field="chain.calls[3].strike")
    retry = error_details_pb2.RetryInfo(retry_delay=Duration(seconds=2, nanos=500_000_000))
    return Failure(
        code=code,
        message='not "so": <é> \u2028 &\n',
        details=(
            error_details_pb2.ErrorInfo(
                reason="SOME_REASON", domain="deltastream.dev", metadata={"a": "1", "b": ""}
            ),
            error_details_pb2.BadRequest(field_violations=[violation]),
            *([retry] if code in _RETRYABLE else []),
        ),
    )


@pytest.mark.parametrize("binding", _BINDINGS, ids=name_of)
async def test_a_failure_with_details(sides: BothSides, binding: Binding) -> None:
    request = request_of(binding, message_factory.GetMessageClass(binding.method.input_type)())
    wrapped = {"stream-refusal"} if binding.method.server_streaming else set()
    for code in _CODES:
        sides.script.answer(failure=failure_of(code))
        exchange = await sides.ask(request)
        assert exchange.gateway.status >= 400
        assert wanted_in(exchange) - INCIDENTAL == wrapped
        assert ("Retry-After" in exchange.edge.headers) == (code in _RETRYABLE)


@pytest.mark.parametrize("binding", _STREAMS, ids=name_of)
async def test_a_failure_after_frames(sides: BothSides, binding: Binding) -> None:
    frame = message_factory.GetMessageClass(binding.method.output_type)()
    request = request_of(binding, message_factory.GetMessageClass(binding.method.input_type)())
    for code in _CODES:
        sides.script.answer(frame, frame, failure=failure_of(code))
        exchange = await sides.ask(request)
        assert exchange.edge.body.count(b"\n") == 3
        assert exchange.edge.status == 200
        assert wanted_in(exchange) <= INCIDENTAL
