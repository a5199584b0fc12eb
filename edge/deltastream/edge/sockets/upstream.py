"""Follows one stream of the mesh, across failures."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NoReturn, TypeVar

from deltastream.client.errors import CallError, MeshError, ProtocolViolationError
from deltastream.client.frames import Events, Frame, FrameStream
from deltastream.client.resuming import Disconnected
from deltastream.log_library import structlog
from deltastream.stream.v1.stream_pb2 import Heartbeat, Reset

EventT = TypeVar("EventT")
_log = structlog.get_logger()


class Upstream(Generic[EventT]):
    """One stream, kept open; what it brings goes to `receive`.

    After a failure it goes on after the last frame received. Only when that is not possible any
    more is what the stream brought before forgotten, and begun anew.
    """

    def __init__(
        self,
        *,
        name: str,
        open_stream: Callable[[], FrameStream[EventT]],
        receive: Callable[[Sequence[EventT]], Awaitable[None]],
        forget: Callable[[], None],
    ) -> None:
        """Follow nothing yet.

        Args:
            name: the stream's, for the log.
            open_stream: makes a stream that begins with a snapshot and never gives up.
            receive: takes the events of each frame.
            forget: drops all state that came from the stream.
        """
        self._name = name
        self._open_stream = open_stream
        self._receive = receive
        self._forget = forget
        self._lost = False

    async def follow(self) -> NoReturn:
        """Follow the stream from a snapshot on, until cancelled; then forget what it brought."""
        try:
            while True:
                async with self._open_stream() as stream:
                    async for frame in stream:
                        await self._handle(frame)
        finally:
            self._forget()

    async def _handle(self, frame: Frame[EventT]) -> None:
        match frame:
            case Disconnected(cause=cause) if cause is not None:
                self._note_loss(cause)
            case Reset():
                self._forget()
            case Events(events=events):
                self._note_recovery()
                await self._receive(events)
            case Heartbeat():
                self._note_recovery()

    def _note_loss(self, cause: MeshError) -> None:
        if not self._lost or isinstance(cause, ProtocolViolationError):
            _log.warning("upstream_lost", stream=self._name, cause=_words_of(cause))
        self._lost = True

    def _note_recovery(self) -> None:
        if self._lost:
            _log.info("upstream_recovered", stream=self._name)
        self._lost = False


def _words_of(cause: MeshError) -> str:
    return cause.code.name if isinstance(cause, CallError) else str(cause)
