"""A streaming RPC across failures: the responses of as many calls as it takes, as if of one."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

from deltastream.client.connection import Connect, read
from deltastream.client.errors import CallError, EndedError, MeshError, is_permanent
from deltastream.client.order import Order
from deltastream.client.patience import Patience
from deltastream.client.reader import WaitingReader
from deltastream.client.rpc import StreamedRpc

EventT = TypeVar("EventT")
SLACK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected:
    """A connection has ended; the stream goes on by itself.

    Attributes:
        cause: what went wrong; None when the server said goodbye.
        pause: the seconds until the next try.
    """

    cause: MeshError | None
    pause: float


class ResumingCall(Generic[EventT]):
    """Yields the responses of a stream and, between connections, what ended the last one.

    It says nothing elsewhere: whoever reads it decides what is worth a line in a log.

    Every connection goes on exactly after the last response of the one before, by its token. What
    cannot follow that response is not handed out: the connection is given up instead. Nothing is
    read ahead: a slow reader slows its own stream down.
    """

    def __init__(
        self,
        *,
        rpc: StreamedRpc[EventT],
        connect: Connect,
        request: Any,
        give_up_after: float | None = None,
        permanent: Callable[[CallError], bool] = is_permanent,
        renews_token: bool = False,
        refused: Callable[[], None] = lambda: None,
        slack: float = SLACK_SECONDS,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Args:
            rpc: what to call.
            connect: how to call it.
            request: what to ask for; its token says where to begin.
            give_up_after: see Patience.
            permanent: see Patience.
            renews_token: see Patience.
            refused: see Patience.
            slack: how many seconds a frame may be late before the connection is taken for dead.
            chance: numbers in [0, 1), for the pauses between tries.
            monotonic: the time in seconds.
        """
        self.token: str = request.resume_token
        """Continues exactly after the last response; empty while a snapshot is still to come."""
        self.order = Order(rpc)
        self._connect = connect
        self._request = request
        self._slack = slack
        self._patience = Patience(
            chance=chance,
            monotonic=monotonic,
            give_up_after=give_up_after,
            permanent=permanent,
            renews_token=renews_token,
            refused=refused,
        )
        self._responses = self._follow()
        self._reader: WaitingReader | None = None
        self._closed = False
        self._first: list[Any] = []
        self._farewell = 0.0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        """Return the next response, or what ended the connection.

        Raises:
            CallError: with a permanent status.
            GaveUpError: the trouble lasted too long.
        """
        if self._closed:
            raise StopAsyncIteration
        if self._first:
            return self._first.pop()
        self._reader = reader = WaitingReader()
        try:
            return await anext(self._responses)
        except asyncio.CancelledError:
            # A generator ends with what is raised in it. Whoever stopped waiting may ask again.
            self._responses = self._follow()
            if not reader.was_sent_away():
                raise
        finally:
            self._reader = None
            reader.leave()
        raise StopAsyncIteration

    async def open(self) -> None:
        """Connect now, and raise whatever goes wrong with that instead of trying again.

        Raises:
            MeshError: there is no stream now.
        """
        first = await anext(self)
        if isinstance(first, Disconnected):
            raise first.cause or EndedError
        self._first.append(first)

    async def aclose(self) -> None:
        """End the stream; for who reads it in another task, too."""
        self._closed = True
        if self._reader is not None:
            await self._reader.send_away()
        await self._responses.aclose()

    def abandon(self) -> None:
        """Let what is going on be collected as garbage, which ends the call soon.

        The generator and this object refer to each other: left alone, they would wait for the
        collector of cycles, and the server would go on sending.
        """
        del self._responses

    async def _follow(self) -> AsyncGenerator[Any, None]:
        while True:
            cause: MeshError | None = None
            try:
                async with aclosing(self._one_connection()) as responses:
                    async for response in responses:
                        yield response
            except MeshError as error:
                cause = error
            pause = self._pause_after(cause)
            yield Disconnected(cause=cause, pause=pause)
            await asyncio.sleep(pause)

    async def _one_connection(self) -> AsyncGenerator[Any, None]:
        self._request.resume_token = self.token
        self.order.connected()
        async with aclosing(read(self._connect, self._request, slack=self._slack)) as responses:
            async for response in responses:
                self.order.check(response)
                self._note(response)
                yield response
                if response.HasField("go_away"):
                    return
        raise EndedError

    def _note(self, response: Any) -> None:
        match response.WhichOneof("frame"):
            case "started":
                # Its token is after nothing: if the stream breaks here, it is to begin anew.
                return
            case "reset":
                self.token = ""
                return
            case "go_away":
                self._farewell = response.go_away.reconnect_after.ToTimedelta().total_seconds()
        # An empty token says nothing new about the position.
        self.token = response.resume_token or self.token
        self._patience.recovered()

    def _pause_after(self, cause: MeshError | None) -> float:
        if cause is None:
            return self._patience.pause_as_asked(self._farewell)
        return self._patience.pause_after(cause)
