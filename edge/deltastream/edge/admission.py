"""Which of the requests that come to the edge are worked on."""

from typing import Final

import grpc
from google.rpc import status_pb2

from deltastream.edge.errors.statuses import retry_info, status_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.patience import PATIENCE_SECONDS, is_ready, until_ready


class Admission:
    """Lets requests for one service in: so many at a time, and the others are refused at once.

    One whose service is being restarted waits, outside: nothing is done for it yet, and it takes
    no place from a request for another service. When the service is back, those that waited go in
    as there is room, and who comes when there is none waits with them: it is a restart that they
    are too many for, and that is over soon. As many may wait as `Concurrency.waiting` says; one
    more is refused.

    Args:
        concurrency: what the edge takes on at once.
        channel: leads to the service.
        streaming: whether it is streams that are let in.
    """

    def __init__(
        self, concurrency: Concurrency, channel: grpc.aio.Channel, *, streaming: bool
    ) -> None:
        self._limit: Final[Limit] = concurrency.streams if streaming else concurrency.calls
        self._waiting = concurrency.waiting
        self._channel = channel
        self.refusal = _refusal(self._limit.size)

    async def enter(self, *, seconds: float = PATIENCE_SECONDS) -> bool:
        """Say whether one more is let in, which must leave.

        Args:
            seconds: the longest wait for the service.

        Raises:
            AioRpcError: UNAVAILABLE, as the service was not there in time.
        """
        # Those who wait may wait for another service, and fill all places outside.
        if is_ready(self._channel) and (self._limit.has_room or not self._waiting.admitted):
            return self.enter_now()
        if not self._waiting.admit():
            return False
        try:
            await until_ready(self._channel, seconds=seconds)
            return await self._limit.admit_within(seconds)
        finally:
            self._waiting.release()

    def enter_now(self) -> bool:
        """Say whether one more is let in, which must leave; it waits for nothing."""
        return self._limit.admit()

    def leave(self) -> None:
        """One that was let in is done."""
        self._limit.release()


def _refusal(limit: int) -> status_pb2.Status:
    return status_of(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_OVERLOADED,
        "the server is busy; try again shortly",
        metadata={"limit": str(limit)},
        details=[retry_info()],
    )
