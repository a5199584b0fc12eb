"""Answers that are kept: one computation for all who ask, for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from tests.analytics.hand_clock import NOON, HandClock
from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured

from deltastream.analytics.kept_answers import Kept, KeptAnswers
from deltastream.runtime.deadline import remaining, set_deadline
from deltastream.runtime.telemetry import names


class Question:
    """Counts how often it is answered, and answers when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.cancelled = 0
        self.may_end = asyncio.Event()
        self.failure: Exception | None = None
        self.seconds_left = 0.0

    async def answer(self) -> int:
        self.begun += 1
        number = self.begun
        self.seconds_left = remaining(99.0)
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.failure is not None:
            raise self.failure
        return number


def kept_answers(clock: HandClock, *, capacity: int = 8) -> KeptAnswers[int]:
    return KeptAnswers(seconds=5.0, capacity=capacity, clock=clock)


@asynccontextmanager
async def asking(
    answers: KeptAnswers[int], question: Question, *, callers: int
) -> AsyncIterator[list["asyncio.Task[Kept[int]]"]]:
    """Let some callers ask at once, and wait until the computation has begun."""
    before = question.begun
    tasks = [asyncio.create_task(answers.get("key", question.answer)) for _ in range(callers)]
    await eventually(lambda: _read(question), lambda begun: begun > before)
    async with asyncio.timeout(5.0):
        yield tasks


async def _read(question: Question) -> int:
    return question.begun


async def test_an_answer_that_is_kept_is_a_hit_and_one_that_is_waited_for_a_miss() -> None:
    hits = measured(names.CACHE_REQUESTS, cache="answers", result="hit")
    misses = measured(names.CACHE_REQUESTS, cache="answers", result="miss")
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=2) as tasks:
        question.may_end.set()
        await asyncio.gather(*tasks)
    await answers.get("key", question.answer)
    assert measured(names.CACHE_REQUESTS, cache="answers", result="miss") == misses + 2
    assert measured(names.CACHE_REQUESTS, cache="answers", result="hit") == hits + 1


async def test_who_asks_at_the_same_time_shares_one_computation() -> None:
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=20) as callers:
        question.may_end.set()
        results = await asyncio.gather(*callers)
    assert question.begun == 1
    assert {id(result) for result in results} == {id(results[0])}


async def test_different_questions_are_answered_apart() -> None:
    answers, question = kept_answers(HandClock()), Question()
    question.may_end.set()
    kept = [await answers.get(key, question.answer) for key in ("a", "b", "a")]
    assert [each.answer for each in kept] == [1, 2, 1]


async def test_an_answer_is_kept_for_its_time_and_says_as_of_when() -> None:
    clock = HandClock()
    answers, question = kept_answers(clock), Question()
    question.may_end.set()
    first = await answers.get("key", question.answer)
    assert first.as_of == NOON
    clock.forward(4.999)
    assert await answers.get("key", question.answer) is first
    clock.forward(0.001)
    second = await answers.get("key", question.answer)
    assert (second.answer, second.as_of) == (2, NOON + timedelta(seconds=5))


async def test_its_time_begins_with_its_computation() -> None:
    clock = HandClock()
    answers, question = kept_answers(clock), Question()
    async with asking(answers, question, callers=1) as (caller,):
        clock.forward(3.0)
        question.may_end.set()
        assert (await caller).as_of == NOON
    clock.forward(2.0)
    await answers.get("key", question.answer)
    assert question.begun == 2


async def test_a_clock_set_back_does_not_keep_an_answer_for_ever() -> None:
    clock = HandClock()
    answers, question = kept_answers(clock), Question()
    question.may_end.set()
    await answers.get("key", question.answer)
    clock.forward(-3600.0)
    await answers.get("key", question.answer)
    assert question.begun == 2


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=3) as (first, second, third):
        # The first caller is the one whose call began the computation.
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        question.may_end.set()
        assert [(await each).answer for each in (second, third)] == [1, 1]
    assert (question.begun, question.cancelled) == (1, 0)


async def test_a_computation_ends_with_the_last_who_waits_for_it() -> None:
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=2) as callers:
        for caller in callers:
            caller.cancel()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    assert question.cancelled == 1
    assert len(answers) == 0


async def test_who_asks_after_the_last_gave_up_is_not_cancelled_with_them() -> None:
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=1) as (first,):
        first.cancel()
        # Before the abandoned computation has had its turn to end.
        later = asyncio.create_task(answers.get("key", question.answer))
        question.may_end.set()
        assert (await later).answer == 2
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    answers, question = kept_answers(HandClock()), Question()
    async with asking(answers, question, callers=3) as callers:
        question.failure = ConnectionError("storage is away")
        question.may_end.set()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["storage is away"] * 3
    question.failure = None
    assert (await answers.get("key", question.answer)).answer == 2


async def test_only_so_many_answers_are_kept() -> None:
    answers, question = kept_answers(HandClock(), capacity=2), Question()
    question.may_end.set()
    for key in ("a", "b", "c"):
        await answers.get(key, question.answer)
    assert len(answers) == 2
    assert (await answers.get("c", question.answer)).answer == 3
    assert (await answers.get("b", question.answer)).answer == 2
    assert (await answers.get("a", question.answer)).answer == 4


async def test_the_deadline_of_one_caller_does_not_bind_the_others() -> None:
    answers, question = kept_answers(HandClock()), Question()
    question.may_end.set()
    set_deadline(0.5)
    await answers.get("key", question.answer)
    assert question.seconds_left == 99.0


async def test_an_answer_whose_time_is_over_is_not_held_on_to() -> None:
    clock = HandClock()
    answers, question = kept_answers(clock), Question()
    question.may_end.set()
    await answers.get("a", question.answer)
    clock.forward(5.0)
    await answers.get("b", question.answer)
    assert len(answers) == 1
