"""Sessions that are over, and whose clients have still to read why."""

from collections.abc import Callable

from deltastream.edge.sockets.engine_sessions import EngineSessions


class Farewells:
    """Ends sessions once their clients have been told everything.

    On a websocket what waits is written before it is closed. A client that polls finds it with its
    next poll: until then its session has to stay.
    """

    def __init__(
        self, engine: EngineSessions, *, seconds: float, monotonic: Callable[[], float]
    ) -> None:
        """Take leave of nobody yet.

        Args:
            engine: has the sessions.
            seconds: how long a client may take to poll.
            monotonic: the time in seconds.
        """
        self._engine = engine
        self._seconds = seconds
        self._monotonic = monotonic
        self._since: dict[str, float] = {}

    async def take(self, session: str) -> None:
        """End a session, at once or as soon as its client has read what waits for it."""
        if self._engine.connection_of(session) is None and len(self._engine.mailbox_of(session)):
            self._since[session] = self._monotonic()
        else:
            await self._engine.end(session)

    async def answered(self, session: str) -> None:
        """End the session, if it is over, whose client has just read the last of what waited."""
        if session not in self._since:
            return
        if not self._engine.is_open(session) or not len(self._engine.mailbox_of(session)):
            await self._end(session)

    async def sweep(self) -> None:
        """End the sessions whose clients do not come to read."""
        now = self._monotonic()
        for session, since in tuple(self._since.items()):
            if now - since >= self._seconds:
                await self._end(session)

    async def _end(self, session: str) -> None:
        del self._since[session]
        await self._engine.end(session)
