"""From another role's failure to the domain error that it means here."""

from collections.abc import Mapping

import grpc
from google.rpc import error_details_pb2, status_pb2

from deltastream.domain import errors
from deltastream.runtime.deadline import remaining
from deltastream.runtime.errors import STATUS_DETAILS_KEY, DeadlineExceededError

_MOMENT = 0.1
_UNREACHABLE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


def domain_error_of(error: grpc.aio.AioRpcError, *, dependency: str) -> errors.DomainError | None:
    """Translate what a call to another role raised; None for a fault of the mesh's own.

    Args:
        error: what the call raised.
        dependency: the role that was called, to name when it cannot be reached.
    """
    late = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    if late and remaining(_MOMENT) < _MOMENT:
        return DeadlineExceededError()
    # Or its own time is over, and that of the call being served is not.
    if late or error.code() in _UNREACHABLE:
        return errors.DependencyUnavailableError(dependency)
    info = _error_info(error)
    return None if info is None else _as_stated(info.reason, info.metadata)


def _as_stated(reason: str, facts: Mapping[str, str]) -> errors.DomainError | None:
    match reason:
        case "PRODUCT_NOT_FOUND":
            return errors.ProductNotFoundError(facts["product"], facts["known"].split(", "))
        case "EXPIRY_NOT_FOUND":
            return errors.ExpiryNotFoundError(facts["product"], facts["expiry"])
        case "DEPENDENCY_UNAVAILABLE":
            return errors.DependencyUnavailableError(facts["dependency"])
        case _:
            return None


def _error_info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo | None:
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_DETAILS_KEY and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info
    return None
