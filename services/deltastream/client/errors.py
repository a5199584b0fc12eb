"""What can go wrong between a client and the mesh, as exceptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from grpc_status import rpc_status

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class MeshError(Exception):
    """Something went wrong between this client and the mesh."""


class CallError(MeshError):
    """A call failed.

    Attributes:
        code: the gRPC status.
        reason: a name of the contract's ErrorReason without its prefix, such as "TOKEN_EXPIRED";
            empty where gRPC itself failed.
        metadata: the facts of the reason, such as {"product": "NIFTI"}.
        retry_after: the seconds that the server asks to wait; None when it does not ask.
        rpc_error: what gRPC raised.
    """

    def __init__(
        self,
        rpc_error: grpc.aio.AioRpcError,
        *,
        reason: str = "",
        metadata: Mapping[str, str] = _NOTHING,
        retry_after: float | None = None,
    ) -> None:
        self.code = rpc_error.code()
        self.reason = reason
        self.metadata = dict(metadata)
        self.retry_after = retry_after
        self.rpc_error = rpc_error
        super().__init__(f"{reason or self.code.name}: {rpc_error.details() or 'no details'}")


class InvalidRequestError(CallError):
    """The request breaks a rule of the contract: INVALID_ARGUMENT."""


class UnauthenticatedError(CallError):
    """The mesh does not know who is calling: UNAUTHENTICATED."""


class PermissionDeniedError(CallError):
    """The caller is known, and may not do this: PERMISSION_DENIED."""


class NotOfferedError(CallError):
    """The server does not offer the method: UNIMPLEMENTED."""


class SilenceError(MeshError):
    """A stream brought nothing, not even a heartbeat, for too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"nothing came for {seconds:g} s, not even a heartbeat")


class EndedError(MeshError):
    """A stream ended in good order, but without its last frame."""

    def __init__(self) -> None:
        super().__init__("the server ended the stream without saying goodbye")


class ProtocolViolationError(MeshError):
    """A stream broke a promise of its protocol, such as the order of events."""


class GaveUpError(MeshError):
    """A stream could not be had for as long as the caller wanted to wait; its cause says why."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"gave up after {seconds:g} s without the stream")


class ClosedError(MeshError):
    """The connection to the mesh is not open: use it inside `async with`."""

    def __init__(self) -> None:
        super().__init__("the mesh is not connected: use it inside `async with Mesh(...)`")


_KINDS: Final[dict[grpc.StatusCode, type[CallError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
    grpc.StatusCode.UNIMPLEMENTED: NotOfferedError,
}


def is_permanent(error: CallError) -> bool:
    """Say whether trying again would not change a failure."""
    return error.code in _KINDS


def error_of(rpc_error: grpc.aio.AioRpcError) -> CallError:
    """Return what gRPC raised with what the mesh said about it.

    For unary calls, whose stubs raise grpc's own errors:

        try:
            await mesh.storage.ListTicks(request)
        except grpc.aio.AioRpcError as error:
            print(error_of(error).reason)
    """
    stated = _Stated()
    try:
        _read_details(rpc_error, stated)
    except (ValueError, DecodeError):
        # The details contradict the status they came with, or are no message: not ours.
        stated = _Stated()
    kind = _KINDS.get(rpc_error.code(), CallError)
    return kind(
        rpc_error,
        reason=stated.reason,
        metadata=stated.metadata,
        retry_after=stated.retry_after,
    )


@dataclass(slots=True)
class _Stated:
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None


def _read_details(rpc_error: grpc.aio.AioRpcError, stated: _Stated) -> None:
    status = rpc_status.from_call(rpc_error)
    for detail in () if status is None else status.details:
        info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            stated.reason, stated.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(retry):
            stated.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
