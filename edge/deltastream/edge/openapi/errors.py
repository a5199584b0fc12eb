"""How failures look: google.rpc.Status with its details, and the responses that carry it."""

from collections.abc import Mapping
from typing import Any, Final

from deltastream.edge.openapi.rules import Schema
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_PREFIX: Final = "ERROR_REASON_"
_TYPE_URL: Final = "type.googleapis.com/google.rpc."

RESPONSES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("BadRequest", "The request breaks a rule; the details name each field."),
    401: ("Unauthorized", "There are no credentials, or none that identify anybody."),
    403: ("Forbidden", "The caller is known and its role does not suffice."),
    404: ("NotFound", "What the path names does not exist."),
    408: ("BodyTimeout", "The body did not arrive in time."),
    413: ("BodyTooLarge", "The body is larger than the server takes."),
    429: ("TooManyRequests", "The caller, or the server, is at its limit; try again later."),
    500: ("Internal", "A fault of the server's own; its log has the cause under the request id."),
    501: ("NotOffered", "This version of the server does not offer the method."),
    503: ("Unavailable", "A service that this needs does not answer; try again shortly."),
    504: ("DeadlineExceeded", "The answer was not ready in time."),
}
"""What HTTP statuses mean, with the names of their components."""

_HEADERS: Final[Mapping[int, str]] = {
    401: "WWW-Authenticate",
    429: "Retry-After",
    503: "Retry-After",
}


def response_components() -> dict[str, Any]:
    """Return a response for each status, and one for any other failure."""
    components = {
        name: _response(text, _HEADERS.get(status)) for status, (name, text) in RESPONSES.items()
    }
    return components | {"Failure": _response("Any other failure.", None)}


def header_components() -> dict[str, Any]:
    """Return the headers that responses carry."""
    return {
        "Retry-After": {
            "description": "Seconds to wait before trying again.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "WWW-Authenticate": {
            "description": "How to authenticate.",
            "schema": {"type": "string", "examples": ["Bearer"]},
        },
        "X-Request-Id": {
            "description": "Names the request in the server's logs.",
            "schema": {"type": "string"},
        },
    }


def status_schemas(comments: Mapping[str, str]) -> dict[str, Schema]:
    """Return the schemas of google.rpc.Status and of the details that this API sends."""
    details = ["ErrorInfo", "BadRequest", "RetryInfo"]
    return {
        "Status": {
            "type": "object",
            "description": "What went wrong: a google.rpc.Status.",
            "properties": {
                "code": {
                    "type": "integer",
                    "format": "int32",
                    "description": "code is the gRPC status code, such as 5 for NOT_FOUND.",
                },
                "message": {
                    "type": "string",
                    "description": "message says what went wrong, for people.",
                },
                "details": {
                    "type": "array",
                    "description": "details are for programs; the first is an ErrorInfo.",
                    "items": {
                        "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in details]
                    },
                },
            },
            "required": ["code", "message", "details"],
        },
        "ErrorInfo": _detail(
            "ErrorInfo",
            "Why the call failed.",
            {
                "reason": {"$ref": "#/components/schemas/ErrorReason"},
                "domain": {"type": "string", "examples": ["deltastream.dev"]},
                "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        ),
        "BadRequest": _detail(
            "BadRequest",
            "Which fields of the request are wrong.",
            {"field_violations": {"type": "array", "items": _violation()}},
        ),
        "RetryInfo": _detail(
            "RetryInfo",
            "When to try again.",
            {"retry_delay": {"type": "string", "examples": ["1s"]}},
        ),
        "ErrorReason": _reasons(comments),
    }


def _response(text: str, header: str | None) -> dict[str, Any]:
    names = ["X-Request-Id", *([header] if header else [])]
    return {
        "description": text,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
    }


def _detail(name: str, text: str, properties: dict[str, Schema]) -> Schema:
    kind = {"@type": {"type": "string", "const": f"{_TYPE_URL}{name}"}}
    return {
        "type": "object",
        "description": text,
        "properties": kind | properties,
        "required": ["@type", *properties],
    }


def _violation() -> Schema:
    return {
        "type": "object",
        "properties": {
            "field": {"type": "string", "examples": ["options[3].strike"]},
            "description": {"type": "string"},
        },
        "required": ["field", "description"],
    }


def _reasons(comments: Mapping[str, str]) -> Schema:
    enum = ErrorReason.DESCRIPTOR
    reasons = {
        value.name.removeprefix(_PREFIX): comments.get(f"{enum.full_name}.{value.name}", "")
        for value in enum.values
        if value.number
    }
    lines = [f"- `{name}`: {text}" for name, text in reasons.items()]
    return {
        "type": "string",
        "description": "\n".join([comments.get(enum.full_name, ""), "", *lines]),
        "enum": list(reasons),
    }
