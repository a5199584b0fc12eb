"""The events of a stream, one after the other, each of them once."""

import logging
from collections import deque
from typing import Any, Generic, Self, TypeVar

from deltastream.client.errors import MeshError, ProtocolViolationError
from deltastream.client.frames import Events, FrameStream
from deltastream.client.resuming import Disconnected
from deltastream.client.rpc import StreamedRpc
from deltastream.stream.v1.stream_pb2 import (
    RESET_REASON_EPOCH_CHANGED,
    CaughtUp,
    Heartbeat,
    Reset,
    Started,
)

EventT = TypeVar("EventT")
_log = logging.getLogger("deltastream.client")


class EventStream(Generic[EventT]):
    """Yields events, across failures: none twice and, unless `on_gap` was told, none missed.

        stream = mesh.chains("NIFTY", delivery=LOSSLESS, resume=path.read_text())
        async for chain in stream:
            print(chain.product, chain.expiry, chain.pcr_oi)
            path.write_text(stream.token)

    With CONFLATED delivery a newer value takes the place of an older one that a slow reader has
    not had yet. Candles have no number of their own: after a gap, the latest may come again.

    Losses of the connection and recoveries are logged as "deltastream.client".

    Leave the loop as you like; `aclose`, `async with` or the end of the Mesh ends the call at
    once, and the garbage collector a little later. `aclose` in another task ends the loop, too.
    """

    def __init__(self, *, rpc: StreamedRpc[EventT], frames: FrameStream[EventT]) -> None:
        """Read frames, which nobody else reads."""
        self._rpc = rpc
        self._frames = frames
        self._token = frames.token
        self._waiting: deque[EventT] = deque()
        self._next_token = frames.token
        self._seen: dict[str, int] = {}
        self._shown: dict[str, int] = {}
        self._epoch = ""
        self._lost = False

    @property
    def token(self) -> str:
        """Continues after the last event that was handed out.

        Events that came together share a token. Within them it is the one before, so that what is
        stored at any moment loses nothing, and may repeat the beginning of that group.
        """
        return self._token

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventT:
        """Return the next event; see ResumingCall."""
        while not self._waiting:
            self._take(await anext(self._frames))
        event = self._waiting.popleft()
        if not self._waiting:
            self._token = self._next_token
        return event

    async def open(self) -> None:
        """Connect now, and raise whatever goes wrong with that instead of trying again."""
        await self._frames.open()

    async def aclose(self) -> None:
        """End the stream."""
        await self._frames.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _take(self, frame: Any) -> None:
        match frame:
            case Started():
                self._begin(frame.epoch)
            case Reset(reason=reason):
                if reason == RESET_REASON_EPOCH_CHANGED:
                    # It counts from its own beginning, and says its name when we come again.
                    self._seen, self._epoch = {}, ""
                self._shown = dict(self._seen)
            case Disconnected(cause=cause) if cause is not None:
                self._note_loss(cause)
            case Events(events=events, snapshot=True) if self._rpc.numbered:
                self._waiting.extend(event for event in events if self._is_new(event))
                self._count(events)
            case Events(events=events):
                self._waiting.extend(events)
                self._count(events)
        if self._lost and isinstance(frame, Events | CaughtUp | Heartbeat):
            self._lost = False
            _log.info("%s is back", self._rpc.name)
        self._next_token = self._frames.token
        if not self._waiting:
            self._token = self._next_token

    def _note_loss(self, cause: MeshError) -> None:
        if not self._lost or isinstance(cause, ProtocolViolationError):
            _log.warning("%s is lost: %s", self._rpc.name, cause)
        self._lost = True

    def _begin(self, epoch: str) -> None:
        if self._epoch and epoch != self._epoch:
            self._seen = {}
        self._epoch = epoch
        self._shown = dict(self._seen)

    def _is_new(self, event: Any) -> bool:
        """Say whether an event has not been handed out: snapshots repeat what is the latest."""
        return bool(event.sequence > self._shown.get(event.product, 0))

    def _count(self, events: tuple[Any, ...]) -> None:
        for event in events if self._rpc.numbered else ():
            self._seen[event.product] = max(self._seen.get(event.product, 0), event.sequence)
