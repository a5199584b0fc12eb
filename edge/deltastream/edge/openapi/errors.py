"""How failures look: google.rpc.Status with its details, and the responses that carry it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deltastream.edge.openapi.headers import (
    ETAG,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    header_references,
)
from deltastream.edge.openapi.reasons import Reason
from deltastream.edge.openapi.rules import Schema
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import ERROR_DOMAIN

_TYPE_URL: Final = "type.googleapis.com/google.rpc."

RESPONSES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("BadRequest", "The request breaks a rule; the details name each field."),
    401: ("Unauthorized", "There are no credentials, or none that identify anybody."),
    403: ("Forbidden", "The caller is known and its role does not suffice."),
    404: ("NotFound", "What the path names does not exist."),
    408: ("BodyTimeout", "The body did not arrive in time."),
    409: ("Conflict", "It exists already."),
    413: ("BodyTooLarge", "The body is larger than the server takes."),
    415: ("UnreadableBody", "The body is compressed or in parts; send plain JSON."),
    429: ("TooManyRequests", "The caller, or the server, is at its limit; try again later."),
    431: ("HeadTooLarge", "The address or a header is longer than the server takes."),
    500: ("Internal", "A fault of the server's own; its log has the cause under the request id."),
    501: ("NotOffered", "This version of the server does not offer the method."),
    503: ("Unavailable", "A service that this needs does not answer; try again shortly."),
    504: ("DeadlineExceeded", "The answer was not ready in time."),
}
"""What HTTP statuses mean, with the names of their components."""

_NOT_MODIFIED: Final = {
    "description": "The answer that If-None-Match names still holds.",
    "headers": header_references(ETAG),
}

_HEADERS: Final[Mapping[int, str]] = {
    401: WWW_AUTHENTICATE,
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}


def response_components(reasons: Sequence[Reason]) -> dict[str, Any]:
    """Return a response for each status, with an example of each of its reasons."""
    failures = {
        name: _response(status, text, reasons) for status, (name, text) in RESPONSES.items()
    }
    return {"NotModified": _NOT_MODIFIED, **failures}


def status_schemas(reasons: Sequence[Reason], comments: Mapping[str, str]) -> dict[str, Schema]:
    """Return the schemas of google.rpc.Status and of the details that this API sends."""
    return {
        "Status": _status(),
        "ErrorInfo": _detail(
            "ErrorInfo",
            "Why the call failed.",
            {
                "reason": {"$ref": "#/components/schemas/ErrorReason"},
                "domain": {"type": "string", "examples": [ERROR_DOMAIN]},
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
        "ErrorReason": _reasons(reasons, comments),
    }


def _status() -> Schema:
    details = ["ErrorInfo", "BadRequest", "RetryInfo"]
    return {
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
                "items": {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in details]},
            },
        },
        "required": ["code", "message", "details"],
    }


def _response(status: int, text: str, reasons: Sequence[Reason]) -> dict[str, Any]:
    headers = (_HEADERS[status],) if status in _HEADERS else ()
    examples = {
        reason.name: {"summary": reason.text, "value": reason.example}
        for reason in reasons
        if status in reason.http_statuses
    }
    return {
        "description": text,
        "headers": header_references(*headers),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Status"},
                "examples": examples,
            }
        },
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


def _reasons(reasons: Sequence[Reason], comments: Mapping[str, str]) -> Schema:
    lines = [f"- `{reason.name}` ({reason.code.name}): {reason.text}" for reason in reasons]
    return {
        "type": "string",
        "description": "\n".join([comments.get(ErrorReason.DESCRIPTOR.full_name, ""), "", *lines]),
        "enum": [reason.name for reason in reasons],
    }
