"""How a call that failed upstream ends for its caller."""

from dataclasses import dataclass
from typing import Final, NoReturn

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.rpc import status_pb2

from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.passthrough.metadata import Metadata
from deltastream.runtime.errors import STATUS_DETAILS_KEY
from deltastream.runtime.interceptors.aborting import end
from deltastream.runtime.interceptors.base import Context

# What gRPC itself says of a connection. Its words name addresses and sockets.
_OF_THE_CONNECTION: Final = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
)
_BY_NUMBER: Final[dict[int, grpc.StatusCode]] = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A status and what comes with it."""

    code: grpc.StatusCode
    message: str
    trailing: Metadata

    @classmethod
    def with_status(cls, status: status_pb2.Status) -> "Ending":
        """Return the ending that a google.rpc.Status describes."""
        details = ((STATUS_DETAILS_KEY, status.SerializeToString()),)
        return cls(code=_BY_NUMBER[status.code], message=status.message, trailing=details)


async def end_as(context: Context, ending: Ending) -> NoReturn:
    """End a call so; raises what `end` raises."""
    await end(context, code=ending.code, message=ending.message, trailing=ending.trailing)


def ending_of(error: grpc.aio.AioRpcError, method: MethodDescriptor) -> Ending:
    """Return what a service said, to the letter; where it could say nothing, say so for it."""
    trailing = tuple(error.trailing_metadata() or ())
    if error.code() in _OF_THE_CONNECTION and not _has_details(trailing):
        return Ending.with_status(status_of_failure(error, method=method))
    return Ending(code=error.code(), message=error.details() or "", trailing=trailing)


def _has_details(trailing: Metadata) -> bool:
    return any(key == STATUS_DETAILS_KEY for key, _ in trailing)
