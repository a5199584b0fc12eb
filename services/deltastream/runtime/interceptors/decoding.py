"""Requests whose bytes are no message of the contract.

gRPC decodes a request before any interceptor sees it, and where that fails it ends the call as
UNKNOWN, with a stack trace in the log: as if the fault were the server's. Here decoding never
fails; whoever is next to the servicer refuses what came of it, after it is known who calls.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError, Message

from deltastream.runtime.errors import MalformedRequestError


class UnreadableRequest(Message):
    """Stands for a request that is none."""


Deserializer = Callable[[bytes], Any]


def never_failing(deserialize: Deserializer | None) -> Deserializer | None:
    """Return what makes an UnreadableRequest of bytes that cannot be decoded."""
    if deserialize is None:
        return None

    def read(request: bytes) -> Any:
        try:
            return deserialize(request)
        except DecodeError:
            return UnreadableRequest()

    return read


def require_readable(request: Message) -> None:
    """Return if a request is a message of the contract.

    Raises:
        MalformedRequestError: it is none.
    """
    if isinstance(request, UnreadableRequest):
        raise MalformedRequestError
