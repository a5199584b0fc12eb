"""What waits for one subscriber: at most one update a key, and a bounded number of keys."""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

EventT = TypeVar("EventT")
_MOST: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Generic[EventT]):
    """One event as it came from the bus.

    Attributes:
        product: whose order it belongs to.
        key: what it is the newest value of, such as one expiry of the product.
        sequence: the position of its bus entry.
        event: the event itself, encoded as its contract message.
    """

    product: str
    key: str
    sequence: int
    event: EventT


class Mailbox(Generic[EventT]):
    """Holds the newest update of each key until the subscriber takes them.

    An update that finds its predecessor still waiting replaces it, and `folded` counts that.
    Where keys become ever more, as windows of candles do, the oldest update gives way when too
    many wait, and counts as folded as well.
    """

    def __init__(
        self,
        products: AbstractSet[str] | None,
        *,
        accepts: Callable[[EventT], bool] = lambda _: True,
        most: int = _MOST,
    ) -> None:
        self._products = products
        self._accepts = accepts
        self._most = most
        self._updates: dict[str, Update[EventT]] = {}
        self._arrived = asyncio.Event()
        self._folded = 0

    def offer(self, update: Update[EventT]) -> None:
        """Put an update in, unless the subscriber did not ask for it."""
        if self._products is not None and update.product not in self._products:
            return
        if not self._accepts(update.event):
            return
        # Taking the old one out first moves the key to the end: updates leave in arrival order.
        if self._updates.pop(update.key, None) is not None:
            self._folded += 1
        self._updates[update.key] = update
        if len(self._updates) > self._most:
            self._updates.pop(next(iter(self._updates)))
            self._folded += 1
        self._arrived.set()

    def wake(self) -> None:
        """Let a waiting subscriber look around although nothing came."""
        self._arrived.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until something is here; False when nothing came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> tuple[list[Update[EventT]], int]:
        """Take everything out, in arrival order, and how many were folded since the last time."""
        updates, folded = list(self._updates.values()), self._folded
        self._updates.clear()
        self._folded = 0
        self._arrived.clear()
        return updates, folded
