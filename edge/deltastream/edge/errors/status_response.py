"""google.rpc.Status as an HTTP response, by grpc-gateway's table of codes."""

import math
from collections.abc import Mapping
from typing import Final

import grpc
from aiohttp import hdrs, web
from google.rpc import error_details_pb2, status_pb2

from deltastream.edge.measures import REASON
from deltastream.edge.proto_json.encoding import to_json
from deltastream.runtime.telemetry.refusals import reason_of

_HTTP_STATUS: Final = {
    grpc.StatusCode.OK: 200,
    # The number that nginx uses for a client that went away before the answer.
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
}
_BY_NUMBER: Final[dict[int, int]] = {code.value[0]: http for code, http in _HTTP_STATUS.items()}
_UNAUTHORIZED: Final = 401


def http_status_of(status: status_pb2.Status) -> int:
    """Return the HTTP status for a status; 500 for a code that gRPC does not have."""
    return _BY_NUMBER.get(status.code, 500)


def headers_of(status: status_pb2.Status) -> dict[str, str]:
    """Return the headers that a status implies: when to try again, how to sign in."""
    # What does not exist now may in a moment.
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
    for detail in status.details:
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(retry):
            headers[hdrs.RETRY_AFTER] = str(
                math.ceil(retry.retry_delay.ToTimedelta().total_seconds())
            )
    if http_status_of(status) == _UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return headers


def status_response(
    status: status_pb2.Status,
    *,
    http_status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return the response whose body is a status.

    Args:
        status: what went wrong.
        http_status: instead of the one that the table has for its code.
        headers: beside those that the status implies.
    """
    response = web.Response(
        status=http_status or http_status_of(status),
        body=to_json(status),
        content_type="application/json",
        headers={**headers_of(status), **(headers or {})},
    )
    if (reason := reason_of(status)) is not None:
        response[REASON] = reason
    return response
