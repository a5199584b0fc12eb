"""What schemathesis cannot know: what the contract means beyond JSON Schema.

The document describes requests as they should be. The edge reads all that canonical proto JSON
allows, null and an enum's number included, and the contract has rules that no schema can say. So a
request outside its schema may be accepted, and one inside it refused, exactly where the reference
implementations of proto JSON and of the contract's rules agree.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import protovalidate
from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData
from tests.schemathesis import credentials  # noqa: F401 - it registers as whom to ask

import schemathesis
from deltastream.edge.contract import SERVICES
from deltastream.edge.openapi.links import operation_id
from deltastream.edge.transcoder.framing import LAST_EVENT_ID
from deltastream.edge.transcoder.http_rule import bindings_of

_METHODS: Final[Mapping[str, MethodDescriptor]] = {
    operation_id(binding): binding.method
    for service in SERVICES
    for binding in bindings_of(service)
}
# Reasons that are of the data behind, or of values that only the server can judge.
_OF_THE_STATE: Final = frozenset(
    {
        "INSUFFICIENT_DATA",
        "LAST_ADMINISTRATOR",
        "PAGE_TOKEN_INVALID",
        "TOO_MANY_API_KEYS",
    }
)
# Lists in a query may be longer than an address may be.
_HEAD_TOO_LARGE: Final = 431


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Say whether a failure is one."""
    del context
    if not isinstance(failure, AcceptedNegativeData | RejectedPositiveData):
        return True
    if response.status_code == _HEAD_TOO_LARGE:
        return False
    if isinstance(failure, AcceptedNegativeData):
        return not _is_allowed(case)
    return not _is_forbidden(case) and not _is_of_the_service(response)


def _is_allowed(case: Any) -> bool:
    message = _message_of(case)
    return message is not None and not protovalidate.collect_violations(message)


def _is_forbidden(case: Any) -> bool:
    message = _message_of(case)
    return message is not None and bool(protovalidate.collect_violations(message))


def _message_of(case: Any) -> Message | None:
    """Return the request message that a case stands for; None if it stands for none."""
    method = _METHODS[case.operation.definition.raw["operationId"]]
    message = message_factory.GetMessageClass(method.input_type)()
    # In the order in which the edge reads them: the path has the last word.
    body = case.body if isinstance(case.body, dict) else {}
    query = {name: _from_text(value) for name, value in (case.query or {}).items()}
    members = {**body, **query, **(case.path_parameters or {})}
    if method.server_streaming and LAST_EVENT_ID in case.headers:
        # It goes before the one in the query.
        members["resume_token"] = case.headers[LAST_EVENT_ID]
    try:
        json_format.ParseDict(members, message)
    except json_format.ParseError:
        return None
    return message


def _from_text(value: object) -> object:
    """Return a query's value as JSON has it: proto JSON reads numbers from texts, not truth."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _is_of_the_service(response: Any) -> bool:
    """Say whether a refusal is by what no rule of the contract says: the state, or whole lists."""
    info = orjson.loads(response.content)["details"][0]
    # Where a service checks values itself, it names the field; the contract's rules have a count.
    by_itself = info["reason"] == "VALIDATION_FAILED" and "field" in info["metadata"]
    return by_itself or info["reason"] in _OF_THE_STATE
