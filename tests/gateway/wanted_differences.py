"""Where the edge answers otherwise than a grpc-gateway on purpose: all such places, and why.

docs/rest-parity.md shows this list; a test keeps the two alike.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.gateway.both_sides import Exchange
from tests.gateway.comparison import ABSENT, Difference
from tests.gateway.exchange import Answer

Explains = Callable[[Difference, Exchange], bool]

_NDJSON: Final = "application/x-ndjson"
_RETRY: Final = "type.googleapis.com/google.rpc.RetryInfo"
_DEBUG: Final = "type.googleapis.com/google.rpc.DebugInfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDifference:
    """One thing that the edge does otherwise.

    Attributes:
        name: what cases call it.
        edge: what the edge does.
        gateway: what a grpc-gateway does.
        reason: why the edge does not do the same.
        explains: whether a difference is an instance of it.
        incidental: whether it may accompany any case that is about something else.
    """

    name: str
    edge: str
    gateway: str
    reason: str
    explains: Explains
    incidental: bool = False


def explained_by(difference: Difference, exchange: Exchange) -> str | None:
    """Return the name of the wanted difference that this is one of; None if it is not wanted."""
    for wanted in WANTED:
        if wanted.explains(difference, exchange):
            return wanted.name
    return None


def _refused(text: str, *, body: str = "") -> Explains:
    """Return what explains that only the edge refuses, with a message like this."""

    def explains(difference: Difference, exchange: Exchange) -> bool:
        refused = exchange.gateway.served and not exchange.edge.served
        message = _json(exchange.edge).get("message", "")
        return (
            refused
            and re.search(text, message) is not None
            and re.search(body, exchange.request.body.decode(errors="replace")) is not None
        )

    return explains


def _served(text: str, *, target: str = "", body: str = "") -> Explains:
    """Return what explains that only the gateway refuses, with a message like this."""

    def explains(difference: Difference, exchange: Exchange) -> bool:
        refused = exchange.edge.served and not exchange.gateway.served
        message = _json(exchange.gateway).get("message", "")
        request = exchange.request
        return (
            refused
            and re.search(text, message) is not None
            and re.search(target, request.target) is not None
            and re.search(body, request.body.decode(errors="replace")) is not None
        )

    return explains


def _json(answer: Answer) -> dict[str, Any]:
    try:
        content = json.loads(answer.body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _code(answer: Answer) -> Any:
    return _json(answer).get("code")


def _neither_served(exchange: Exchange) -> bool:
    return not exchange.edge.served and not exchange.gateway.served


def _unset_message(difference: Difference, exchange: Exchange) -> bool:
    in_answer = difference.where.startswith("body")
    return in_answer and difference.edge is ABSENT and difference.gateway is None


def _words(difference: Difference, exchange: Exchange) -> bool:
    ours = difference.where in {"body.message", "body.details"}
    return ours and _neither_served(exchange) and _code(exchange.gateway) is not None


def _lines_type(difference: Difference, exchange: Exchange) -> bool:
    # Of a stream without a frame a grpc-gateway does not say what it is.
    theirs = {"application/json", ABSENT}
    return (difference.where, difference.edge) == ("header Content-Type", _NDJSON) and (
        difference.gateway in theirs
    )


def _event_stream(difference: Difference, exchange: Exchange) -> bool:
    headers = exchange.request.headers or {}
    wanted = headers.get("Accept") == "text/event-stream"
    return wanted and difference.where in {"header Content-Type", "body"}


def _stream_refusal(difference: Difference, exchange: Exchange) -> bool:
    return difference.where == "envelope"


def _challenge(difference: Difference, exchange: Exchange) -> bool:
    found = (difference.where, difference.edge, exchange.edge.status)
    return found == ("header WWW-Authenticate", "Bearer", 401)


def _retry_advice(difference: Difference, exchange: Exchange) -> bool:
    if not difference.where.endswith("details") or not isinstance(difference.edge, list):
        return False
    *others, last = difference.edge
    return bool(last["@type"] == _RETRY and others == difference.gateway != [])


def _bare_failure(difference: Difference, exchange: Exchange) -> bool:
    places = {"status", "body.code", "body.message", "body.details"}
    failed = exchange.edge.served and exchange.gateway.status >= 400
    bare = _json(exchange.gateway).get("details") == []
    known = bool(_json(exchange.edge).get("details"))
    return failed and bare and known and difference.where in places


def _hidden_details(difference: Difference, exchange: Exchange) -> bool:
    if difference.where != "body.details" or not isinstance(difference.gateway, list):
        return False
    shown = [detail for detail in difference.gateway if detail["@type"] != _DEBUG]
    return bool(difference.edge == shown)


def _unreadable_details(difference: Difference, exchange: Exchange) -> bool:
    message: str = _json(exchange.gateway).get("message", "")
    return message == "failed to marshal error message"


def _wrong_method(difference: Difference, exchange: Exchange) -> bool:
    return (difference.where, difference.edge, difference.gateway) == ("status", 405, 501)


def _fallback(difference: Difference, exchange: Exchange) -> bool:
    return _code(exchange.edge) == 12 and exchange.edge.status == 405 and exchange.gateway.served


def _malformed_escape(difference: Difference, exchange: Exchange) -> bool:
    found = _json(exchange.edge).get("message", "").startswith("URL has")
    return found and _neither_served(exchange) and exchange.edge.status == 400


def _slash(difference: Difference, exchange: Exchange) -> bool:
    statuses = {exchange.edge.status, exchange.gateway.status}
    return "%2f" in exchange.request.target.lower() and 404 in statuses


def _empty_segment(difference: Difference, exchange: Exchange) -> bool:
    path = exchange.request.target.partition("?")[0]
    nothing = exchange.edge.status == 404 and not exchange.edge.served
    return (
        nothing
        and exchange.gateway.status != 404
        and ("//" in path or path.endswith(("/", "files")))
    )


def _negative_zero(difference: Difference, exchange: Exchange) -> bool:
    written = re.search(rb"-0(?![.0-9])", exchange.request.body) is not None
    return written and difference.where.startswith("asked") and "-0.0" in difference.gateway


def _field_body(difference: Difference, exchange: Exchange) -> bool:
    empty = exchange.request.body in {b"", b"null"}
    return empty and exchange.request.method == "PUT" and exchange.edge.served


def _too_large(difference: Difference, exchange: Exchange) -> bool:
    return difference.where == "served" and exchange.edge.status == 413


def _unwritable(difference: Difference, exchange: Exchange) -> bool:
    failed = _json(exchange.gateway).get("message", "").startswith("proto:")
    return failed and exchange.gateway.served and exchange.edge.status == 500


WANTED: Final = (
    WantedDifference(
        name="unset-message",
        edge="leaves a message field that is not set away",
        gateway="writes null",
        reason="absent is absent, as for optional numbers: a reader needs one rule",
        explains=_unset_message,
        incidental=True,
    ),
    WantedDifference(
        name="refusal-words",
        edge="says in its own words, with an ErrorInfo and the field's path, what is wrong with a"
        " request",
        gateway="passes on what Go's parser says, which repeats the value, without details",
        reason="programs need a reason and a field; a refused value may be a password",
        explains=_words,
        incidental=True,
    ),
    WantedDifference(
        name="stream-media-type",
        edge="calls a stream application/x-ndjson",
        gateway="calls it application/json, or nothing if it is empty",
        reason="several JSON texts in a row are no JSON text: a client that trusted the type would"
        " fail to read it",
        explains=_lines_type,
        incidental=True,
    ),
    WantedDifference(
        name="challenge",
        edge="sends WWW-Authenticate: Bearer with a 401",
        gateway="sends the error's message as the challenge",
        reason="RFC 9110 wants a scheme there",
        explains=_challenge,
        incidental=True,
    ),
    WantedDifference(
        name="event-stream",
        edge="writes a stream as server-sent events when Accept asks for text/event-stream",
        gateway="writes lines of JSON whatever is asked for",
        reason="browsers read events by themselves, and resume them",
        explains=_event_stream,
    ),
    WantedDifference(
        name="stream-refusal",
        edge="answers a stream that fails before its first frame like any call that fails: with a"
        " Status",
        gateway='wraps the Status in {"error": …}',
        reason="nothing of a stream was sent; one shape of error body for one HTTP status",
        explains=_stream_refusal,
    ),
    WantedDifference(
        name="retry-advice",
        edge="adds a RetryInfo, and Retry-After, to UNAVAILABLE and RESOURCE_EXHAUSTED where the"
        " service gave none",
        gateway="adds nothing",
        reason="the contract promises one with these codes",
        explains=_retry_advice,
    ),
    WantedDifference(
        name="unwritable-answer",
        edge="says INTERNAL when an answer cannot be written as JSON",
        gateway="says UNKNOWN, and how its library failed",
        reason="it is a fault of ours; error bodies hold no internals",
        explains=_unwritable,
    ),
    WantedDifference(
        name="bare-failure",
        edge="takes a failure without details for gRPC's own, and says what it means: with a"
        " reason, and without addresses",
        gateway="passes its text on, in which addresses and code can be read",
        reason="our services send details with every failure; error bodies hold no internals",
        explains=_bare_failure,
    ),
    WantedDifference(
        name="hidden-details",
        edge="leaves DebugInfo away",
        gateway="shows it",
        reason="stack traces are not for clients",
        explains=_hidden_details,
    ),
    WantedDifference(
        name="unreadable-details",
        edge="leaves a detail of an unknown type away",
        gateway="answers 500 instead of the failure",
        reason="the rest of the failure is worth more than none of it",
        explains=_unreadable_details,
    ),
    WantedDifference(
        name="wrong-method",
        edge="answers another HTTP method with 405 and Allow",
        gateway="answers 501",
        reason="501 would blame the server for a client's mistake",
        explains=_wrong_method,
    ),
    WantedDifference(
        name="method-fallback",
        edge="answers a POST to a GET route with 405, also as a form or with"
        " X-HTTP-Method-Override",
        gateway="takes a form's POST for a GET, and a method from that header",
        reason="such a POST is what another site's page can send; no client of the contract needs"
        " it",
        explains=_fallback,
    ),
    WantedDifference(
        name="unknown-name",
        edge="refuses a query parameter or JSON field that the method does not have, and names the"
        " nearest one; so too a query beside a whole body, and start.seconds, list[] and map[key]",
        gateway="ignores it, or has a notation of its own for it",
        reason="a misspelt filter that is ignored gives a wrong answer that looks right",
        explains=lambda _, exchange: (
            exchange.gateway.served and b'"reason":"UNKNOWN_FIELD"' in exchange.edge.body
        ),
    ),
    WantedDifference(
        name="unknown-enum-name",
        edge="refuses a name in JSON that the enum does not have",
        gateway="takes it for unset",
        reason="as unknown-name",
        explains=_refused("must be one of"),
    ),
    WantedDifference(
        name="given-twice",
        edge="refuses a value that is given by the path and the query, and any JSON object with two"
        " members of one name",
        gateway="takes the path's, and does not look into what it ignores",
        reason="it is not clear which one is meant",
        explains=_refused("is given by the path already|two members of one name"),
    ),
    WantedDifference(
        name="more-after-the-body",
        edge="refuses a body with anything after its JSON value",
        gateway="reads the first value and ignores the rest",
        reason="it is no JSON text",
        explains=_refused("must be JSON: Extra data"),
    ),
    WantedDifference(
        name="body-limit",
        edge="refuses a body over its limit with 413",
        gateway="has none of its own",
        reason="memory has an end",
        explains=_too_large,
    ),
    WantedDifference(
        name="deep-body",
        edge="refuses JSON that is nested deeper than 64 levels",
        gateway="reads 10,000",
        reason="no message of the contract comes near; reading it costs memory",
        explains=_refused("is nested deeper than"),
    ),
    WantedDifference(
        name="field-body",
        edge="leaves a field unset whose body is empty or null",
        gateway="sets it to an empty message, and refuses null",
        reason="an empty body is an absent value, as everywhere; no method of the contract has such"
        " a body",
        explains=_field_body,
    ),
    WantedDifference(
        name="escaped-slash",
        edge="takes %2F in a path for a character of its segment",
        gateway="takes it for a slash between two segments",
        reason="google.api.http and RFC 3986 say so",
        explains=_slash,
    ),
    WantedDifference(
        name="empty-segment",
        edge="finds nothing where a segment of the path is empty",
        gateway="takes the variable for empty, and `**` for nothing",
        reason="the service would refuse it; a client that built a URL from nothing sees where",
        explains=_empty_segment,
    ),
    WantedDifference(
        name="malformed-escape",
        edge="answers 400 with a Status where the path has a % that escapes nothing, or where"
        " escapes are no UTF-8",
        gateway="answers 400 with a text, and 500",
        reason="it is the client's mistake, and errors have one shape",
        explains=_malformed_escape,
    ),
    WantedDifference(
        name="semicolon",
        edge="takes a semicolon in the query for a character",
        gateway="refuses it",
        reason="it separates nothing any more, says the URL standard",
        explains=_served("semicolon", target=r"\?.*;"),
    ),
    WantedDifference(
        name="number-notation",
        edge="takes decimal numbers, and NaN, Infinity and -Infinity spelt so, from a query",
        gateway="takes what Go takes: inf, nan, 0x1p-2, 1_000",
        reason="JSON has none of these: one notation for bodies and queries",
        explains=_refused("must be a number that a (double|float) can hold"),
    ),
    WantedDifference(
        name="rounded-integer",
        edge="refuses an integer beyond 2^53 that is written with a fraction or an exponent",
        gateway="reads it exactly",
        reason="numbers are read as doubles, which would round it; as digits, or in quotes, it is"
        " exact",
        explains=_refused("must be a whole number"),
    ),
    WantedDifference(
        name="vanishing-number",
        edge="takes 1e-400 for the integer 0",
        gateway="refuses it",
        reason="as a double it is 0, and JSON numbers are read as doubles",
        explains=_served("invalid value for", body=r"\de-\d{3}"),
    ),
    WantedDifference(
        name="negative-zero",
        edge="takes -0 in JSON for 0; -0.0 keeps its sign",
        gateway="keeps the sign of -0",
        reason="it is equal, and read as an integer",
        explains=_negative_zero,
    ),
    WantedDifference(
        name="time-notation",
        edge="takes times as RFC 3339 writes them, and nothing finer than a nanosecond",
        gateway="takes what Go takes: a comma before the fraction, one digit for the hour, a zone"
        " of a day, and cuts off what is finer",
        reason="nothing that was sent is lost without a word",
        explains=_refused("RFC 3339|whole nanoseconds"),
    ),
    WantedDifference(
        name="no-digits",
        edge='refuses the duration ".s" in JSON',
        gateway="takes it for 0s",
        reason="it has no digits, and is refused in a query on either side",
        explains=_refused("must be a duration", body=r'"[+-]?\.s"'),
    ),
    WantedDifference(
        name="long-duration",
        edge="takes durations of up to 10,000 years from a query",
        gateway="takes up to 292 years, Go's longest",
        reason="bodies may hold them, says protobuf: one limit for both",
        explains=_served("invalid duration"),
    ),
)
"""All of them. A case that is about one must show it, so that none can outlive its cause."""

NAMES: Final = frozenset(wanted.name for wanted in WANTED)
INCIDENTAL: Final = frozenset(wanted.name for wanted in WANTED if wanted.incidental)
