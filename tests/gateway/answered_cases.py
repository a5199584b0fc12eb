"""Answers that somebody thought of, each with the wanted differences that it must show."""

from typing import Any, Final

import grpc
from google.protobuf import any_pb2, message_factory
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from tests.gateway.case import Case
from tests.gateway.exchange import Request
from tests.gateway.probe import probe_message
from tests.gateway.scripted_services import Failure

from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksResponse
from deltastream.stream.v1.stream_pb2 import CaughtUp, Started

INTERNALS: Final = "10.0.0.7"
"""What no client may see."""

_CODE: Final = grpc.StatusCode
_PRODUCTS: Final = Request(target="/api/data/products")
_USER: Final = Request(target="/api/auth/me")
_STREAM: Final = Request(target="/api/stream/ticks")
_EVENTS: Final = Request(target=_STREAM.target, headers={"Accept": "text/event-stream"})
_BODY: Final = Request(method="POST", target="/probe/body")
_FRAMES: Final = (
    StreamTicksResponse(sequence=1, started=Started()),
    StreamTicksResponse(sequence=2, caught_up=CaughtUp()),
)
_INFO: Final = error_details_pb2.ErrorInfo(reason="SOME_REASON", domain="deltastream.dev")
_STACK: Final = error_details_pb2.DebugInfo(detail=f"at {INTERNALS}")
_UNKNOWN: Final = any_pb2.Any(type_url="type.googleapis.com/deltastream.none.v1.None", value=b"x")
_REFUSED: Final = Failure(code=_CODE.PERMISSION_DENIED, details=(_INFO,))


def _failing(code: grpc.StatusCode, *differs: str, details: tuple[Message, ...] = ()) -> Case:
    failure = Failure(code=code, message=f"ipv4:{INTERNALS}:8003", details=details)
    return Case(request=_PRODUCTS, differs=frozenset(differs), failure=failure)


def _unwritable(field: str) -> Case:
    answer: Any = message_factory.GetMessageClass(probe_message("BodyResponse"))()
    getattr(answer.values, field).nanos = -1_500_000_000
    return Case(request=_BODY, differs=frozenset({"unwritable-answer"}), frames=(answer,))


BARE_FAILURES: Final = tuple(
    _failing(code, "bare-failure")
    for code in (
        _CODE.CANCELLED,
        _CODE.UNKNOWN,
        _CODE.DEADLINE_EXCEEDED,
        _CODE.RESOURCE_EXHAUSTED,
        _CODE.UNIMPLEMENTED,
        _CODE.INTERNAL,
        _CODE.UNAVAILABLE,
        _CODE.DATA_LOSS,
    )
)
"""Failures as gRPC itself reports them."""

RETRYABLE_FAILURES: Final = tuple(
    _failing(code, "retry-advice", details=(_INFO,))
    for code in (_CODE.UNAVAILABLE, _CODE.RESOURCE_EXHAUSTED)
)
"""Failures that say nothing of when to try again."""

ANSWERED_CASES: Final = (
    *BARE_FAILURES,
    *RETRYABLE_FAILURES,
    *(_failing(code) for code in (_CODE.NOT_FOUND, _CODE.INVALID_ARGUMENT, _CODE.ABORTED)),
    _failing(_CODE.UNAUTHENTICATED, "challenge", details=(_INFO,)),
    _failing(_CODE.NOT_FOUND, "hidden-details", details=(_INFO, _STACK)),
    _failing(_CODE.NOT_FOUND, "unreadable-details", details=(_INFO, _UNKNOWN)),
    _unwritable("a_timestamp"),
    _unwritable("a_duration"),
    Case(request=_USER, differs=frozenset({"unset-message"})),
    Case(request=_STREAM, differs=frozenset({"stream-media-type"}), frames=_FRAMES),
    Case(request=_STREAM, differs=frozenset({"stream-refusal"}), failure=_REFUSED),
    # Events would go on with another call after a stream that just ends.
    Case(request=_EVENTS, differs=frozenset({"event-stream"}), frames=_FRAMES, failure=_REFUSED),
)
"""All of them."""
