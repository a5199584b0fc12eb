"""What waits for one subscriber."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.kind import Accepts, accept_all

_MOST: Final = 4096


class Doorbell:
    """Says that something has come, and keeps nothing: what rings can be read from elsewhere.

    One task at a time may wait.
    """

    def __init__(self, products: AbstractSet[str] | None) -> None:
        self._products = products
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def offer(self, updates: Sequence[Update]) -> None:
        """Ring, if the subscriber asked for any of the updates."""
        if any(self.concerns(update) for update in updates):
            self.ring()

    def concerns(self, update: Update) -> bool:
        """Say whether the subscriber asked for an update's product."""
        return self._products is None or update.product in self._products

    def ring(self) -> None:
        """Let the subscriber look around."""
        self._rung = True
        _end(self._waiter)

    async def wait(self, seconds: float) -> None:
        """Wait until it rings, or until that did not happen in time."""
        if self._rung:
            return
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        # Far cheaper than a timeout's context, and this is done once a frame and subscriber.
        timer = loop.call_later(seconds, _end, self._waiter)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def answer(self) -> None:
        """Say that the subscriber is about to look: from now on it may ring again."""
        self._rung = False


class Mailbox(Doorbell):
    """Holds the newest update of each key until the subscriber takes them.

    An update that finds its predecessor still waiting replaces it, and counts as folded. Where
    keys become ever more, as windows of candles do, the oldest update gives way when too many
    wait, and counts as folded as well.
    """

    def __init__(
        self,
        products: AbstractSet[str] | None,
        *,
        accepts: Accepts = accept_all,
        most: int = _MOST,
    ) -> None:
        super().__init__(products)
        self._accepts = accepts
        self._most = most
        # With each update, how many it has replaced.
        self._waiting: dict[str, tuple[Update, int]] = {}
        self._given_way = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def offer(self, updates: Sequence[Update]) -> None:
        """Put in what the subscriber asked for."""
        for update in updates:
            if self.concerns(update) and self._accepts(update.facet):
                self._put(update)

    def take(self, most_bytes: int) -> tuple[list[Update], int]:
        """Take updates out, in arrival order; say how many were folded into them.

        Args:
            most_bytes: the length from which on no further bus entry is taken. What is left may
                still be replaced by something newer before it is sent.
        """
        taken: list[Update] = []
        length, folded = 0, self._given_way
        for update, replaced in self._waiting.values():
            if length >= most_bytes and not _is_same_entry(update, taken[-1]):
                break
            taken.append(update)
            length += len(update.encoded)
            folded += replaced
        self._given_way = 0
        if len(taken) == len(self._waiting):
            self._waiting.clear()
            self.answer()
        else:
            for update in taken:
                del self._waiting[update.key]
        return taken, folded

    def discard(self, products: AbstractSet[str]) -> None:
        """Throw away what waits of some products: the subscriber gets it otherwise."""
        for key in [k for k, (update, _) in self._waiting.items() if update.product in products]:
            del self._waiting[key]

    def _put(self, update: Update) -> None:
        # Taking the old one out first moves the key to the end: updates leave in arrival order.
        older = self._waiting.pop(update.key, None)
        folded = update.count - 1 if older is None else update.count + older[1]
        self._waiting[update.key] = (update, folded)
        if len(self._waiting) > self._most:
            _, folded = self._waiting.pop(next(iter(self._waiting)))
            self._given_way += 1 + folded
        self.ring()


def _end(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


def _is_same_entry(one: Update, other: Update) -> bool:
    return one.sequence == other.sequence and one.product == other.product
