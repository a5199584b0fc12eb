"""What an HTTP request says about the call made for it: its deadline and its metadata."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from deltastream.edge.credentials import API_KEY, Credentials
from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.transcoder.request_ids import request_id_of

GRPC_TIMEOUT: Final = "Grpc-Timeout"

_TIMEOUT: Final = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNIT_SECONDS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}


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


def unary_timeout(request: web.BaseRequest, limits: CallLimits) -> float:
    """Return how many seconds a unary call may take: what its client states, within the limits.

    Raises:
        MalformedValueError: the client's `Grpc-Timeout` is not in gRPC's notation.
    """
    stated = stated_timeout(request)
    return limits.unary_timeout if stated is None else min(stated, limits.longest_timeout)


async def metadata_of(
    request: web.BaseRequest, credentials: Credentials
) -> tuple[tuple[str, str], ...]:
    """Return the call's metadata: the caller's credentials and the request's id.

    Raises:
        StatusError: it is not clear who is calling, or the API key is not valid.
    """
    headers = request.headers
    caller = await credentials.metadata(
        authorization=headers.getall(hdrs.AUTHORIZATION, []), api_keys=headers.getall(API_KEY, [])
    )
    return (("x-request-id", request_id_of(request)), *caller)
