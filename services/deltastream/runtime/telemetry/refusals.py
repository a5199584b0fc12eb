"""Counts calls that end with a reason."""

from typing import Final

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import STATUS_DETAILS_KEY, reason_name
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_REASONS: Final = frozenset(map(reason_name, ErrorReason.values()))
_UNKNOWN: Final = reason_name(ErrorReason.ERROR_REASON_UNSPECIFIED)


def count_refusal(trailing: tuple[tuple[str, str | bytes], ...]) -> None:
    """Count a call by the reason in what is sent at its end; nothing without one."""
    for key, value in trailing:
        if key == STATUS_DETAILS_KEY and isinstance(value, bytes):
            reason = _reason_in(value)
            if reason is not None:
                PROCESS.counter(names.RPC_REFUSED, reason=reason).inc()


def _reason_in(details: bytes) -> str | None:
    try:
        return reason_of(status_pb2.Status.FromString(details))
    except DecodeError:
        # The edge passes on whatever a service says, be it none of ours.
        return None


def reason_of(status: status_pb2.Status) -> str | None:
    """Return the reason that a status states, as one of the contract's; None if it states none."""
    info = error_details_pb2.ErrorInfo()
    for detail in status.details:
        if detail.Unpack(info):
            return info.reason if info.reason in _REASONS else _UNKNOWN
    return None
