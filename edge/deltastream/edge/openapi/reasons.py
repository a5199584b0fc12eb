"""Every reason for a failure, as its comment in the contract tells it: by code and by example."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
import orjson
from google.rpc import status_pb2

from deltastream.edge.errors.status_response import http_status_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import ERROR_DOMAIN

_PREFIX: Final = "ERROR_REASON_"
_EXAMPLE: Final = re.compile(r"Example: (\{.*\})")
_CODE: Final = re.compile(rf"\b({'|'.join(code.name for code in grpc.StatusCode)})\b")
_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"
# Where the edge itself refuses a request, the status says more than the table of codes could.
_STATED: Final[Mapping[str, tuple[int, ...]]] = {
    "DEADLINE_EXCEEDED": (408, 504),
    "MALFORMED_REQUEST": (400, 415, 431),
    "MESSAGE_TOO_LARGE": (413, 429),
    "METHOD_NOT_ALLOWED": (405,),
}


class ReasonCommentError(Exception):
    """A reason's comment lacks its gRPC code or its example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason.

    Attributes:
        name: as ErrorInfo carries it.
        text: what it means: its comment, without the example.
        code: of the gRPC status.
        info: an ErrorInfo of this reason, without its type.
    """

    name: str
    text: str
    code: grpc.StatusCode
    info: Mapping[str, Any]

    @property
    def http_statuses(self) -> tuple[int, ...]:
        """The HTTP statuses of the responses that carry it."""
        number: int = self.code.value[0]
        usual = http_status_of(status_pb2.Status(code=number))
        return _STATED.get(self.name, (usual,))

    @property
    def example(self) -> dict[str, Any]:
        """A google.rpc.Status in JSON that carries it."""
        info = {"@type": _INFO, "domain": ERROR_DOMAIN, **self.info}
        meaning = self.text.partition(". ")[0].rstrip(".")
        return {"code": self.code.value[0], "message": meaning, "details": [info]}


def reasons_of(comments: Mapping[str, str]) -> Iterator[Reason]:
    """Yield every reason of the contract, in its order.

    Args:
        comments: of the contract, by full name.

    Raises:
        ReasonCommentError: a comment does not say what it must.
    """
    enum = ErrorReason.DESCRIPTOR
    for value in enum.values:
        if value.number:
            name = value.name.removeprefix(_PREFIX)
            yield _reason(name, comments.get(f"{enum.full_name}.{value.name}", ""))


def _reason(name: str, comment: str) -> Reason:
    example, code = _EXAMPLE.search(comment), _CODE.search(comment)
    if example is None or code is None:
        raise ReasonCommentError(f"{name}: its comment must state the gRPC code and an example")
    return Reason(
        name=name,
        text=comment[: example.start()].strip(),
        code=grpc.StatusCode[code[1]],
        info=orjson.loads(example[1]),
    )
