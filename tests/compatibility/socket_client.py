"""A Socket.IO client of any make, as the tests see it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

DEADLINE: Final = 60.0
# The server says that a client is admitted.
CONNECTED: Final = "connected"
# The client's own events, beside those of the server.
CONNECT: Final = "connect"
CONNECT_ERROR: Final = "connect_error"
DISCONNECT: Final = "disconnect"

# What can be subscribed to, and the events that carry its updates.
CHAINS: Final = {"type": "chain", "symbol": "NIFTY"}
PRODUCT: Final = {"type": "product", "symbol": "NIFTY"}
OF_PRODUCT: Final = frozenset({"underlying_update", "chain_summary"})


class SocketClient(ABC):
    """Keeps all that it hears, in order: `(event, payload)`.

    Attributes:
        heard: everything since it was made.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._read = 0
        self._news = asyncio.Event()

    @abstractmethod
    async def connect(self, url: str, auth: object) -> None:
        """Begin to connect, and come back by itself whenever the connection is lost."""

    @abstractmethod
    async def request(self, event: str, *arguments: object) -> Any:
        """Send a request and return its ack."""

    @abstractmethod
    async def transport(self) -> str:
        """Return the name of the transport that is in use now."""

    async def until(self, event: str, where: Callable[[Any], bool] = lambda _: True) -> Any:
        """Skip to the next event of this name and kind; return its payload."""
        return await self.until_any({event}, where)

    async def until_any(self, events: Collection[str], where: Callable[[Any], bool]) -> Any:
        """Skip to the next event of one of these names; return its payload."""
        async with asyncio.timeout(DEADLINE):
            while True:
                event, payload = await self._next()
                if event in events and where(payload):
                    return payload

    def since(self, event: str) -> list[tuple[str, Any]]:
        """Return what was heard after the last event of this name."""
        names = [name for name, _ in self.heard]
        return self.heard[len(names) - names[::-1].index(event) :]

    def _hear(self, event: str, payload: object = None) -> None:
        self.heard.append((event, payload))
        self._news.set()

    async def _next(self) -> tuple[str, Any]:
        while self._read == len(self.heard):
            self._news.clear()
            await self._news.wait()
        self._read += 1
        return self.heard[self._read - 1]


def seqs(heard: Iterable[tuple[str, Any]], events: Collection[str], *, after: int = 0) -> list[int]:
    """Return the numbers of NIFTY's updates, as they came; only those above `after`."""
    return [
        payload["seq"]
        for event, payload in heard
        if event in events and payload["product"] == "NIFTY" and payload["seq"] > after
    ]


def counted(numbers: Sequence[int], *, after: int) -> list[int]:
    """Return what as many numbers are if none is missing, doubled or out of place."""
    return list(range(after + 1, after + 1 + len(numbers)))
