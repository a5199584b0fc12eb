"""What a failed call to a service means for the HTTP client.

Our services send a google.rpc.Status with every failure; it is passed on. A failure without one
comes from gRPC itself, and its text names addresses and sockets: it is logged and replaced.
"""

from collections.abc import Callable, Iterable
from typing import Final

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from deltastream.edge.contract import path_of, role_of
from deltastream.edge.errors.statuses import internal_status, packed, retry_info, status_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.log_library import structlog
from deltastream.runtime.errors import STATUS_DETAILS_KEY

_log = structlog.get_logger()

_RETRYABLE: Final = (
    grpc.StatusCode.UNAVAILABLE.value[0],
    grpc.StatusCode.RESOURCE_EXHAUSTED.value[0],
)
# A connection that dies in mid-call is not always reported as UNAVAILABLE.
_VAGUE: Final = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
_LOST_CONNECTION: Final = ("RST_STREAM", "Stream removed", "Connection reset", "Socket closed")
_TOO_LARGE: Final = "larger than max"


def status_of_failure(
    error: grpc.aio.AioRpcError, *, method: MethodDescriptor
) -> status_pb2.Status:
    """Return what to tell the client about a call that failed."""
    status = _status_sent(error)
    if status is not None:
        return _presentable(status)
    _log.warning(
        "upstream_failed", method=path_of(method), code=error.code().name, details=error.details()
    )
    return _MEANINGS.get(_code_meant(error), _as_it_is)(error, method)


def _status_sent(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key != STATUS_DETAILS_KEY:
            continue
        try:
            status = status_pb2.Status.FromString(value)
        except DecodeError:
            return None
        return status if status.code == error.code().value[0] else None
    return None


def _presentable(status: status_pb2.Status) -> status_pb2.Status:
    shown = status_pb2.Status(code=status.code, message=status.message)
    shown.details.extend(_showable(status.details))
    if shown.code in _RETRYABLE and not _has_retry_info(shown.details):
        shown.details.append(packed(retry_info()))
    return shown


def _showable(details: Iterable[AnyMessage]) -> Iterable[AnyMessage]:
    """Yield the details that clients can read and may see: no stack traces."""
    pool = descriptor_pool.Default()
    for detail in details:
        try:
            pool.FindMessageTypeByName(detail.TypeName())
        except KeyError:
            continue
        if not detail.Is(error_details_pb2.DebugInfo.DESCRIPTOR):
            yield detail


def _has_retry_info(details: Iterable[AnyMessage]) -> bool:
    return any(detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for detail in details)


def _code_meant(error: grpc.aio.AioRpcError) -> grpc.StatusCode:
    lost = any(text in (error.details() or "") for text in _LOST_CONNECTION)
    return grpc.StatusCode.UNAVAILABLE if lost and error.code() in _VAGUE else error.code()


def _unavailable(_: grpc.aio.AioRpcError, method: MethodDescriptor) -> status_pb2.Status:
    role = role_of(method.containing_service)
    return status_of(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        f"{role} does not answer; try again shortly",
        metadata={"dependency": role},
        details=[retry_info()],
    )


def _draining(_: grpc.aio.AioRpcError, method: MethodDescriptor) -> status_pb2.Status:
    return status_of(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_DRAINING,
        f"{role_of(method.containing_service)} ended the call; try again, another may answer",
        details=[retry_info()],
    )


def _too_late(_: grpc.aio.AioRpcError, method: MethodDescriptor) -> status_pb2.Status:
    return status_of(
        grpc.StatusCode.DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        f"{role_of(method.containing_service)} did not answer in time",
    )


def _exhausted(error: grpc.aio.AioRpcError, method: MethodDescriptor) -> status_pb2.Status:
    role = role_of(method.containing_service)
    if _TOO_LARGE in (error.details() or ""):
        return status_of(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
            f"a message between the edge and {role} would be too large; ask for less at once",
        )
    return status_of(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_OVERLOADED,
        f"{role} is at its limit; try again shortly",
        details=[retry_info()],
    )


def _not_offered(_: grpc.aio.AioRpcError, method: MethodDescriptor) -> status_pb2.Status:
    return status_of(
        grpc.StatusCode.UNIMPLEMENTED,
        ErrorReason.ERROR_REASON_NOT_IMPLEMENTED,
        f"{method.name} is not offered by this version of the server",
        metadata={"method": path_of(method)},
    )


def _internal(_: grpc.aio.AioRpcError, __: MethodDescriptor) -> status_pb2.Status:
    return internal_status()


def _as_it_is(error: grpc.aio.AioRpcError, _: MethodDescriptor) -> status_pb2.Status:
    """Pass on a code that only services raise, with no reason invented for it."""
    return status_pb2.Status(code=error.code().value[0], message=error.details())


_MEANINGS: Final[
    dict[grpc.StatusCode, Callable[[grpc.aio.AioRpcError, MethodDescriptor], status_pb2.Status]]
] = {
    grpc.StatusCode.UNAVAILABLE: _unavailable,
    grpc.StatusCode.CANCELLED: _draining,
    grpc.StatusCode.DEADLINE_EXCEEDED: _too_late,
    grpc.StatusCode.RESOURCE_EXHAUSTED: _exhausted,
    grpc.StatusCode.UNIMPLEMENTED: _not_offered,
    grpc.StatusCode.UNKNOWN: _internal,
    grpc.StatusCode.INTERNAL: _internal,
    grpc.StatusCode.DATA_LOSS: _internal,
}
