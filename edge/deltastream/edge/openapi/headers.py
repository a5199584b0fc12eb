"""The headers beside the methods' own fields: what clients may send, and what they are told."""

from collections.abc import Mapping
from typing import Any, Final

from deltastream.edge.contract import is_secret
from deltastream.edge.transcoder.call_options import GRPC_TIMEOUT
from deltastream.edge.transcoder.framing import LAST_EVENT_ID
from deltastream.edge.transcoder.http_rule import Binding

CACHE_CONTROL: Final = "Cache-Control"
ETAG: Final = "ETag"
IF_NONE_MATCH: Final = "If-None-Match"
RATE_LIMIT: Final = "RateLimit"
RATE_LIMIT_POLICY: Final = "RateLimit-Policy"
RETRY_AFTER: Final = "Retry-After"
WWW_AUTHENTICATE: Final = "WWW-Authenticate"
X_REQUEST_ID: Final = "X-Request-Id"
EVERYWHERE: Final = (CACHE_CONTROL, X_REQUEST_ID, RATE_LIMIT, RATE_LIMIT_POLICY)
"""The headers of every response."""

_RESPONSE_HEADERS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    CACHE_CONTROL: (
        "`no-cache`: it may be kept, and is asked about each time; `no-store`: it may not.",
        {"type": "string"},
    ),
    ETAG: (
        "Names this answer, byte by byte: send it in If-None-Match to be told when it still holds.",
        {"type": "string", "examples": ['"5d1a0f3c2b4e69788796a5b4"']},
    ),
    RATE_LIMIT: (
        "Where the caller stands by each limit: `r` requests left, all back in `t` seconds.",
        {"type": "string", "examples": ['"client";r=119;t=1']},
    ),
    RATE_LIMIT_POLICY: (
        "The limits: `q` requests in a window of `w` seconds.",
        {"type": "string", "examples": ['"client";q=120;w=60']},
    ),
    RETRY_AFTER: ("Seconds to wait before trying again.", {"type": "integer", "minimum": 0}),
    WWW_AUTHENTICATE: ("How to authenticate.", {"type": "string", "examples": ["Bearer"]}),
    X_REQUEST_ID: ("Names the request in the server's logs.", {"type": "string"}),
}
_REQUEST_HEADERS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    GRPC_TIMEOUT: (
        "How long the answer may take, in gRPC's notation; 10 s without it.",
        {"type": "string", "pattern": "^[0-9]{1,8}[HMSmun]$", "examples": ["20S"]},
    ),
    IF_NONE_MATCH: (
        "The ETag of an answer that is at hand: 304 says that it still holds.",
        {"type": "string"},
    ),
    LAST_EVENT_ID: (
        "Resumes a text/event-stream after this event; before resume_token.",
        {"type": "string", "maxLength": 16384},
    ),
    X_REQUEST_ID: (
        "Names the request in the server's logs; one that cannot be logged is replaced.",
        {"type": "string"},
    ),
}


def header_components() -> dict[str, Any]:
    """Return the headers that responses carry."""
    return {
        name: {"description": text, "schema": schema}
        for name, (text, schema) in _RESPONSE_HEADERS.items()
    }


def parameter_components() -> dict[str, Any]:
    """Return the headers that requests may carry."""
    return {
        name: {"name": name, "in": "header", "description": text, "schema": schema}
        for name, (text, schema) in _REQUEST_HEADERS.items()
    }


def header_references(*names: str) -> dict[str, Any]:
    """Return the headers of a response: these, beside those that every response has."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*EVERYWHERE, *names)}


def parameter_reference(name: str) -> dict[str, Any]:
    """Return a header of a request."""
    return {"$ref": f"#/components/parameters/{name}"}


def is_cacheable(binding: Binding) -> bool:
    """Say whether a client may keep an answer, and ask later whether it still holds."""
    method = binding.method
    asked = binding.http_method == "GET"
    return asked and not method.server_streaming and not is_secret(method)
