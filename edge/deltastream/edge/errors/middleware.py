"""Whatever ends a request early becomes a google.rpc.Status: no HTML, no traces."""

from typing import Final

import grpc
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from deltastream.edge.errors.request_errors import RequestError
from deltastream.edge.errors.status_response import status_response
from deltastream.edge.errors.statuses import (
    StatusError,
    internal_status,
    status_of,
    status_of_request_error,
)
from deltastream.edge.transcoder.request_ids import request_id_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.log_library import structlog

_log = structlog.get_logger()

_FIRST_ERROR: Final = 400
_CLIENT_CLOSED_REQUEST: Final = 499


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with a status. It belongs first among those that may fail."""
    try:
        return await handler(request)
    except RequestError as error:
        return status_response(status_of_request_error(error))
    except StatusError as error:
        return status_response(error.status, http_status=error.http_status)
    except web.HTTPException as error:
        return _of_http_exception(request, error)
    except ConnectionError:
        # The client went away while it was read from: this is for the access log alone.
        return web.Response(status=_CLIENT_CLOSED_REQUEST)
    except Exception:  # noqa: BLE001 - the last line of defence; it logs the cause
        _log.exception("request_failed_unexpectedly", request_id=request_id_of(request))
        return status_response(internal_status())


def _of_http_exception(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if isinstance(error, web.HTTPNotFound):
        return status_response(
            status_of(
                grpc.StatusCode.NOT_FOUND,
                ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND,
                _told(error)
                or f"there is nothing at {request.path}; /api/docs lists what there is",
                metadata={"path": request.path},
            )
        )
    if isinstance(error, web.HTTPMethodNotAllowed):
        return _method_not_allowed(request, error)
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return _too_large(request)
    if error.status < _FIRST_ERROR:
        raise error
    return status_response(
        status_of(
            grpc.StatusCode.INVALID_ARGUMENT,
            ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
            error.reason,
        ),
        http_status=error.status,
    )


def _told(error: web.HTTPException) -> str:
    """Return the text that a handler gave the exception; empty if it gave none."""
    return "" if error.text == f"{error.status}: {error.reason}" else (error.text or "").strip()


def _method_not_allowed(
    request: web.Request, error: web.HTTPMethodNotAllowed
) -> web.StreamResponse:
    allow = ", ".join(sorted(error.allowed_methods))
    status = status_of(
        grpc.StatusCode.UNIMPLEMENTED,
        ErrorReason.ERROR_REASON_METHOD_NOT_ALLOWED,
        f"{request.path} does not take {request.method}; use {allow}",
        metadata={"allow": allow},
    )
    # grpc-gateway's 501 would blame the server for a client's mistake.
    return status_response(status, http_status=error.status, headers={hdrs.ALLOW: allow})


def _too_large(request: web.Request) -> web.StreamResponse:
    limit = request.client_max_size
    status = status_of(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
        f"the body is larger than {limit} bytes",
        metadata={"limit_bytes": str(limit)},
    )
    return status_response(status, http_status=web.HTTPRequestEntityTooLarge.status_code)
