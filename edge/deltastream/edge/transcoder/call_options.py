"""What an HTTP request says about the call made for it: its deadline and its metadata."""

import re
from dataclasses import dataclass
from typing import Final

import grpc
from aiohttp import hdrs, web
from google.rpc import status_pb2

from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.edge.transcoder.request_ids import request_id_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

GRPC_TIMEOUT: Final = "Grpc-Timeout"

_TIMEOUT: Final = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNIT_SECONDS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How long the edge waits, in seconds.

    Attributes:
        unary_timeout: for the answer of a unary call whose client states no `Grpc-Timeout`.
        longest_timeout: the most that a client may state for a unary call; more is cut.
        body_timeout: for the whole request body.
        first_frame_timeout: for the first frame of a stream, which every stream sends at once.
        silence_timeout: between two frames of a stream. It is more than the longest heartbeat
            interval of the contract, 60 s, so that a silence this long is a fault.
        write_timeout: for a client of a stream to read what is in its connection's buffer.
    """

    unary_timeout: float = 10.0
    longest_timeout: float = 60.0
    body_timeout: float = 10.0
    first_frame_timeout: float = 10.0
    silence_timeout: float = 90.0
    write_timeout: float = 30.0


def stated_timeout(request: web.BaseRequest) -> float | None:
    """Return the seconds of a `Grpc-Timeout` header such as "500m" or "10S"; None without one.

    Raises:
        MalformedValueError: it is not in gRPC's notation.
    """
    text = request.headers.get(GRPC_TIMEOUT)
    if text is None:
        return None
    match = _TIMEOUT.fullmatch(text)
    if match is None:
        raise MalformedValueError(GRPC_TIMEOUT, "must be a number and one of H, M, S, m, u, n")
    return int(match[1]) * _UNIT_SECONDS[match[2]]


def metadata_of(request: web.BaseRequest) -> tuple[tuple[str, str], ...]:
    """Return the call's metadata: the caller's credentials and the request's id.

    Raises:
        StatusError: there are several `Authorization` headers, or one that holds no token.
    """
    metadata = [("x-request-id", request_id_of(request))]
    credentials = request.headers.getall(hdrs.AUTHORIZATION, [])
    if len(credentials) > 1 or not all(map(_PRINTABLE.fullmatch, credentials)):
        raise StatusError(_credentials_unreadable())
    metadata.extend(("authorization", text) for text in credentials)
    return tuple(metadata)


def _credentials_unreadable() -> status_pb2.Status:
    return status_of(
        grpc.StatusCode.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_CREDENTIALS_INVALID,
        "send one Authorization header: Bearer TOKEN",
    )
