"""Why the gateway refuses something."""

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

    @property
    def payload(self) -> dict[str, str]:
        """The refusal as the `error` event and a refused request's ack carry it."""
        return {"reason": self.reason, "message": self.message}
