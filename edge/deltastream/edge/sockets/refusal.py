"""Why the gateway refuses something."""

from typing import Self

from google.rpc import error_details_pb2, status_pb2

from deltastream.edge.sockets.shapes import Refusal
from deltastream.errors.v1.error_reason_pb2 import ErrorReason


class RefusedError(Exception):
    """A request or a connection is refused, in words for the client.

    Attributes:
        reason: for programs: a name of the contract's ErrorReason without its prefix.
        message: for people.
    """

    def __init__(self, reason: "ErrorReason.ValueType", message: str) -> None:
        super().__init__(message)
        self.reason = ErrorReason.Name(reason).removeprefix("ERROR_REASON_")
        self.message = message

    @classmethod
    def of_status(cls, status: status_pb2.Status) -> Self:
        """Return the refusal that a status of the mesh means."""
        info = error_details_pb2.ErrorInfo()
        for detail in status.details:
            if detail.Unpack(info):
                break
        return cls(ErrorReason.Value(f"ERROR_REASON_{info.reason or 'INTERNAL'}"), status.message)

    @property
    def payload(self) -> Refusal:
        """The refusal as the `error` event and a refused request's ack carry it."""
        return Refusal(reason=self.reason, message=self.message)
