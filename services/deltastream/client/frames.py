"""What a stream says, frame by frame."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from deltastream.client.resuming import Disconnected, ResumingCall
from deltastream.client.rpc import StreamedRpc
from deltastream.stream.v1.stream_pb2 import (
    RESET_REASON_UNSPECIFIED,
    CaughtUp,
    GoAway,
    Heartbeat,
    Lagged,
    Reset,
    ResetReason,
    Started,
)

EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Events(Generic[EventT]):
    """Events that came together.

    Attributes:
        events: in order within each product.
        snapshot: whether these are the latest known values rather than news.
        token: continues after all of them.
    """

    events: tuple[EventT, ...]
    snapshot: bool
    token: str


Frame = Events[EventT] | Started | CaughtUp | Heartbeat | Lagged | Reset | GoAway | Disconnected
"""Events, a control message of deltastream.stream.v1, or what ended a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stream could not go on where it was: events may have been missed.

    Attributes:
        stream: which one: "enrichment.StreamChains".
        reason: a name of the contract's ResetReason without its prefix: "TOKEN_TOO_OLD".
        last: per product, the sequence of the newest event before the gap.
    """

    stream: str
    reason: str
    last: Mapping[str, int]


OnGap = Callable[[Gap], None]
"""Called before what follows a gap is handed out; what it raises, the iteration raises."""


def pass_over(gap: Gap) -> None:
    """Accept a gap."""
    del gap


class FrameStream(Generic[EventT]):
    """Yields everything that a stream says, across failures.

        async for frame in mesh.frames(CHAINS, "NIFTY"):
            match frame:
                case Events(events=chains, token=token): ...
                case Heartbeat(last_event_at=at): ...

    After each connection come the Started, the control messages and the events of the next one.
    """

    def __init__(
        self, *, rpc: StreamedRpc[EventT], call: ResumingCall[EventT], on_gap: OnGap = pass_over
    ) -> None:
        """Read a call, which nobody else reads."""
        self._rpc = rpc
        self._call = call
        self._on_gap = on_gap
        self._last: dict[str, int] = {}

    @property
    def token(self) -> str:
        """Continues exactly after the last frame; empty before the first events."""
        return self._call.token

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame[EventT]:
        """Return the next frame; see ResumingCall."""
        async for response in self._call:
            frame = self._frame_of(response)
            if frame is not None:
                return frame
        raise StopAsyncIteration

    async def open(self) -> None:
        """Connect now, and raise whatever goes wrong with that instead of trying again."""
        await self._call.open()

    async def aclose(self) -> None:
        """End the stream."""
        await self._call.aclose()

    def __del__(self) -> None:
        self._call.abandon()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _frame_of(self, response: Any) -> Frame[EventT] | None:
        if isinstance(response, Disconnected):
            return response
        kind = response.WhichOneof("frame")
        if kind is None:
            # A newer server has more to say than this client understands.
            return None
        if kind == "batch":
            self._last = self._call.order.last
            return Events(
                events=tuple(self._rpc.events_of(response)),
                snapshot=response.batch.snapshot,
                token=self._call.token,
            )
        if kind == "reset":
            self._report_gap(response.reset)
        frame: Frame[EventT] = getattr(response, kind)
        return frame

    def _report_gap(self, reset: Reset) -> None:
        # A newer server may have a reason that this client does not know.
        known = reset.reason in ResetReason.values()
        name = ResetReason.Name(reset.reason if known else RESET_REASON_UNSPECIFIED)
        reason = name.removeprefix("RESET_REASON_")
        self._on_gap(Gap(stream=self._rpc.name, reason=reason, last=dict(self._last)))
