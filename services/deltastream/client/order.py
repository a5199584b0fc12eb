"""Whether a stream keeps the promises of its protocol."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from deltastream.client.errors import ProtocolViolationError
from deltastream.client.rpc import StreamedRpc

EventT = TypeVar("EventT")


class Order(Generic[EventT]):
    """Checks that frames are numbered without gaps, and that no product's events go back.

    It outlives connections: what one has brought, the next must not bring again.
    """

    def __init__(self, rpc: StreamedRpc[EventT]) -> None:
        """Expect anything at first."""
        self._rpc = rpc
        self._frames = 0
        self.last: dict[str, int] = {}
        """Per product, the sequence of the newest event."""

    def connected(self) -> None:
        """Expect the first frame of a connection."""
        self._frames = 0

    def check(self, response: Any) -> None:
        """Take account of a frame.

        Raises:
            ProtocolViolationError: the frame does not follow what came before it. Then it is as
                if it had not come.
        """
        if response.sequence != self._frames + 1:
            raise ProtocolViolationError(
                f"frame {response.sequence} of {self._rpc.name} came after {self._frames}"
            )
        kind = response.WhichOneof("frame")
        if (kind == "started") != (self._frames == 0):
            raise ProtocolViolationError(f"{self._rpc.name}: {kind} is frame {response.sequence}")
        if kind == "batch" and self._rpc.numbered:
            self._check_events(response)
        elif kind == "reset":
            self.last = {}
        self._frames += 1

    def _check_events(self, response: Any) -> None:
        last = dict(self.last)
        events: Sequence[Any] = self._rpc.events_of(response)
        for event in events:
            before = last.get(event.product, 0)
            # A snapshot is a state, and its parts are of different ages.
            if event.sequence <= before and not response.batch.snapshot:
                raise ProtocolViolationError(
                    f"{self._rpc.name}: event {event.sequence} of {event.product} "
                    f"came after {before}"
                )
            last[event.product] = max(before, event.sequence)
        self.last = last
