"""google.rpc.Status for what goes wrong at the edge itself."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from deltastream.edge.errors.request_errors import RequestError, UnknownFieldError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import ERROR_DOMAIN, reason_name

RETRY_AFTER: Final = timedelta(seconds=1)


class StatusError(Exception):
    """A request is answered with a status.

    Attributes:
        status: what to tell the client.
        http_status: instead of the one that the status implies.
    """

    def __init__(self, status: status_pb2.Status, *, http_status: int | None = None) -> None:
        super().__init__(status.message)
        self.status = status
        self.http_status = http_status


def status_of(
    code: grpc.StatusCode,
    reason: "ErrorReason.ValueType",
    message: str,
    *,
    metadata: Mapping[str, str] | None = None,
    details: Iterable[Message] = (),
) -> status_pb2.Status:
    """Return a status with its one ErrorInfo.

    Args:
        code: what kind of failure it is.
        reason: why, for programs.
        message: why, for people; it says nothing of addresses or code.
        metadata: the facts of this case, for programs.
        details: what follows the ErrorInfo.
    """
    info = error_details_pb2.ErrorInfo(
        reason=reason_name(reason), domain=ERROR_DOMAIN, metadata=metadata
    )
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in (info, *details):
        status.details.append(packed(detail))
    return status


def status_of_request_error(error: RequestError) -> status_pb2.Status:
    """Say what is wrong with a request, and with which field."""
    reason, metadata = ErrorReason.ERROR_REASON_MALFORMED_REQUEST, {}
    if error.field:
        metadata["field"] = error.field
    if isinstance(error, UnknownFieldError):
        reason = ErrorReason.ERROR_REASON_UNKNOWN_FIELD
        metadata["nearest"] = error.nearest
    violation = error_details_pb2.BadRequest.FieldViolation(
        field=error.field, description=error.problem
    )
    return status_of(
        grpc.StatusCode.INVALID_ARGUMENT,
        reason,
        error.message,
        metadata=metadata,
        details=[error_details_pb2.BadRequest(field_violations=[violation])],
    )


def internal_status() -> status_pb2.Status:
    """Say that the fault is the edge's own, and nothing else about it."""
    return status_of(
        grpc.StatusCode.INTERNAL,
        ErrorReason.ERROR_REASON_INTERNAL,
        "internal error; the server's log has the cause",
    )


def retry_info(delay: timedelta = RETRY_AFTER) -> Message:
    """Return the detail that says when to try again."""
    info: Message = error_details_pb2.RetryInfo(retry_delay=delay)
    return info


def packed(detail: Message) -> AnyMessage:
    """Return a message as a detail of a status."""
    wrapped = AnyMessage()
    wrapped.Pack(detail)
    return wrapped
