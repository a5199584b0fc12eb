"""Asking for several things at once, but not for all at once."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from deltastream.analytics.parallel import in_parallel

Question = Callable[[], Coroutine[Any, Any, int]]


class Crowd:
    """Counts who is asked at a time; they answer three by three."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.present = 0
        self.most_present = 0
        self.cancelled = 0
        self._three = asyncio.Barrier(3)

    async def answer(self, number: int) -> int:
        self.begun.set()
        self.present += 1
        self.most_present = max(self.most_present, self.present)
        try:
            await self._three.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.present -= 1
        return number


async def test_so_many_are_asked_at_a_time_and_answers_keep_their_order() -> None:
    crowd = Crowd()
    async with asyncio.timeout(5.0):
        questions = [partial(crowd.answer, number) for number in range(9)]
        assert await in_parallel(questions, most=3) == list(range(9))
    assert crowd.most_present == 3


async def test_the_first_failure_is_raised_as_itself_and_ends_the_others() -> None:
    crowd = Crowd()

    async def fail() -> int:
        raise ConnectionError("storage is away")

    crowd_answer: Question = partial(crowd.answer, 1)
    with pytest.raises(ConnectionError, match="storage is away"):
        async with asyncio.timeout(5.0):
            await in_parallel([crowd_answer, fail], most=5)
    assert crowd.cancelled == 1


async def test_who_gives_up_ends_what_was_asked() -> None:
    crowd = Crowd()
    asking = asyncio.create_task(in_parallel([partial(crowd.answer, 1)], most=1))
    async with asyncio.timeout(5.0):
        await crowd.begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert crowd.cancelled == 1


async def test_nothing_asked_is_nothing_answered() -> None:
    assert await in_parallel([], most=1) == []
