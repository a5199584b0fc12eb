"""Answers that are expensive: computed once for all who ask, and kept for some seconds."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from deltastream.ports.clock import Clock
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

AnswerT = TypeVar("AnswerT")
Compute = Callable[[], Coroutine[Any, Any, AnswerT]]
_requests: Final = PROCESS.counters(
    names.CACHE_REQUESTS, "result", ("hit", "miss"), cache="answers"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept(Generic[AnswerT]):
    """An answer.

    Attributes:
        as_of: when its computation began, UTC: it knows everything that was stored by then.
    """

    answer: AnswerT
    as_of: datetime


@dataclass(slots=True, eq=False)
class _Flight(Generic[AnswerT]):
    """A computation under way, and how many wait for it."""

    task: "asyncio.Task[Kept[AnswerT]]"
    waiting: int = 0


class KeptAnswers(Generic[AnswerT]):
    """Computes each answer once at a time, and keeps it.

    Who asks for what is being computed waits for the same answer. A computation lives as long as
    anybody waits for it: one who gives up takes nothing from the others, and the last one to give
    up ends it. A failure is told to all who wait and is not kept.

    At most `capacity` answers are kept; when there are more, the oldest goes. One whose time is
    over goes when the next is computed.
    """

    def __init__(self, *, seconds: float, capacity: int, clock: Clock) -> None:
        self._lifetime = timedelta(seconds=seconds)
        self._capacity = capacity
        self._clock = clock
        self._kept: dict[Hashable, Kept[AnswerT]] = {}
        self._flights: dict[Hashable, _Flight[AnswerT]] = {}

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._kept)

    async def get(self, key: Hashable, compute: Compute[AnswerT]) -> Kept[AnswerT]:
        """Return the kept answer, else the one being computed, else compute it.

        Args:
            key: names the question.
            compute: answers it. It does not see the caller's deadline, because others may wait
                longer.
        """
        kept = self._kept.get(key)
        if kept is not None and self._is_fresh(kept):
            _requests["hit"].inc()
            return kept
        _requests["miss"].inc()
        flight = self._flights.get(key) or self._take_off(key, compute)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                await self._abandon(key, flight)

    def _is_fresh(self, kept: Kept[AnswerT]) -> bool:
        # A clock that was set back makes an answer of the future, of which nothing is known.
        return timedelta(0) <= self._clock() - kept.as_of < self._lifetime

    def _take_off(self, key: Hashable, compute: Compute[AnswerT]) -> _Flight[AnswerT]:
        loop = asyncio.get_running_loop()
        # An empty context: the deadline of who happened to ask first stands in theirs.
        task = loop.create_task(self._compute(key, compute), context=Context())
        self._flights[key] = flight = _Flight(task)
        return flight

    async def _compute(self, key: Hashable, compute: Compute[AnswerT]) -> Kept[AnswerT]:
        as_of = self._clock()
        try:
            kept = Kept(answer=await compute(), as_of=as_of)
            self._keep(key, kept)
            return kept
        finally:
            self._land(key, asyncio.current_task())

    def _keep(self, key: Hashable, kept: Kept[AnswerT]) -> None:
        fresh = {name: each for name, each in self._kept.items() if self._is_fresh(each)}
        fresh[key] = kept
        if len(fresh) > self._capacity:
            del fresh[next(iter(fresh))]
        self._kept = fresh

    async def _abandon(self, key: Hashable, flight: _Flight[AnswerT]) -> None:
        """End what nobody waits for. Who asks from now on finds nothing under way."""
        self._land(key, flight.task)
        flight.task.cancel()
        await asyncio.wait([flight.task])

    def _land(self, key: Hashable, task: "asyncio.Task[Any] | None") -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
