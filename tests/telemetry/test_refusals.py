"""Reasons of refusals, as they are counted: those of the contract, whatever is sent."""

import pytest
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2
from tests.fixtures.measured import measured

from deltastream.domain.errors import OverloadedError
from deltastream.runtime.errors import STATUS_DETAILS_KEY, failure_of
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS
from deltastream.runtime.telemetry.refusals import count_refusal


def status_with(reason: str) -> bytes:
    packed = Any()
    packed.Pack(error_details_pb2.ErrorInfo(reason=reason))
    details: bytes = status_pb2.Status(code=8, details=[packed]).SerializeToString()
    return details


def test_a_refusal_of_ours_is_counted_under_its_reason() -> None:
    before = measured(names.RPC_REFUSED, reason="OVERLOADED")
    count_refusal(((STATUS_DETAILS_KEY, failure_of(OverloadedError(1)).details),))
    assert measured(names.RPC_REFUSED, reason="OVERLOADED") == before + 1


def test_a_reason_that_is_none_of_the_contracts_is_not_named() -> None:
    before = measured(names.RPC_REFUSED, reason="UNSPECIFIED")
    count_refusal(((STATUS_DETAILS_KEY, status_with("CANARY")),))
    assert measured(names.RPC_REFUSED, reason="UNSPECIFIED") == before + 1
    (family,) = [f for f in PROCESS.registry.collect() if f.name == "deltastream_rpc_refused"]
    assert "CANARY" not in {sample.labels["reason"] for sample in family.samples}


@pytest.mark.parametrize(
    "trailing",
    [
        (),
        (("x-request-id", "OVERLOADED"),),
        ((STATUS_DETAILS_KEY, b"\xff no status"),),
        ((STATUS_DETAILS_KEY, status_pb2.Status(code=5).SerializeToString()),),
        ((STATUS_DETAILS_KEY, "a text"),),
    ],
)
def test_what_has_no_reason_is_not_counted_and_harms_nothing(
    trailing: tuple[tuple[str, str | bytes], ...],
) -> None:
    before = list(PROCESS.registry.collect())
    count_refusal(trailing)
    after = list(PROCESS.registry.collect())
    refused = "deltastream_rpc_refused"
    assert [f for f in before if f.name == refused] == [f for f in after if f.name == refused]
