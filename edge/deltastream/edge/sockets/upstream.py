"""Follows one stream of the mesh, across failures."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, NoReturn, TypeVar

import grpc
import structlog

from deltastream.edge.sockets.backoff import Backoff
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    StreamChainsResponse,
    StreamTicksResponse,
)

FrameT = TypeVar("FrameT", bound=StreamTicksResponse | StreamChainsResponse)

HEARTBEAT_SECONDS: Final = 5
# Three heartbeats missed: whatever the connection believes, nothing comes.
_SILENCE_SECONDS: Final = 3.0 * HEARTBEAT_SECONDS
_LONGEST_PAUSE_SECONDS: Final = 5.0
_log = structlog.get_logger()


class Upstream(Generic[FrameT]):
    """One stream, kept open; what it brings goes to `receive`.

    After a failure it goes on after the last frame received, by its resume token. Only when that
    is not possible any more is what the stream brought before forgotten, and begun anew.
    """

    def __init__(
        self,
        *,
        name: str,
        connect: "Callable[[str], grpc.aio.UnaryStreamCall[Any, FrameT]]",
        receive: Callable[[FrameT], Awaitable[None]],
        forget: Callable[[], None],
        backoff: Backoff,
    ) -> None:
        """Follow nothing yet.

        Args:
            name: the stream's, for the log.
            connect: opens the stream, given a resume token or "".
            receive: takes each frame of data.
            forget: drops all state that came from the stream.
            backoff: how long to wait between tries.
        """
        self._name = name
        self._connect = connect
        self._receive = receive
        self._forget = forget
        self._backoff = backoff
        self._token = ""
        self._lost = False

    async def follow(self) -> NoReturn:
        """Follow the stream from a snapshot on, until cancelled; then forget what it brought."""
        self._token = ""
        try:
            while True:
                pause = await self._follow_once()
                await asyncio.sleep(pause)
        finally:
            self._forget()

    async def _follow_once(self) -> float:
        """Follow the stream until it ends; return the seconds to wait before the next try."""
        call = self._connect(self._token)
        try:
            asked = await self._read(call)
        except (grpc.aio.AioRpcError, TimeoutError) as error:
            return self._lost_for(error)
        finally:
            # grpc.aio never cancels a stream by itself that nobody reads any more.
            call.cancel()
        return self._backoff.pause() if asked is None else min(asked, _LONGEST_PAUSE_SECONDS)

    async def _read(self, call: "grpc.aio.UnaryStreamCall[Any, FrameT]") -> float | None:
        """Handle frames to the end of the stream.

        Returns:
            The seconds that a GoAway asks to wait; None when there was none.

        Raises:
            TimeoutError: the stream was silent for too long.
            grpc.aio.AioRpcError: the stream failed.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_SILENCE_SECONDS) as silence:
            async for frame in call:
                silence.reschedule(loop.time() + _SILENCE_SECONDS)
                await self._handle(frame)
                if frame.HasField("go_away"):
                    return frame.go_away.reconnect_after.ToTimedelta().total_seconds()
        return None

    async def _handle(self, frame: FrameT) -> None:
        self._recovered()
        if frame.HasField("reset"):
            self._forget()
        elif frame.HasField("batch"):
            await self._receive(frame)
        # An empty token says nothing new about the position.
        self._token = frame.resume_token or self._token

    def _lost_for(self, error: Exception) -> float:
        pause = self._backoff.pause()
        if not self._lost:
            code = error.code().name if isinstance(error, grpc.aio.AioRpcError) else "SILENCE"
            _log.warning("upstream_lost", stream=self._name, code=code)
        self._lost = True
        return pause

    def _recovered(self) -> None:
        self._backoff.reset()
        if self._lost:
            _log.info("upstream_recovered", stream=self._name)
        self._lost = False
