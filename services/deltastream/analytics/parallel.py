"""Asking for several things at once, but not for all at once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

AnswerT = TypeVar("AnswerT")


async def in_parallel(
    questions: Iterable[Callable[[], Coroutine[Any, Any, AnswerT]]], *, most: int
) -> list[AnswerT]:
    """Ask all questions, at most `most` at a time, and return the answers in their order.

    The first failure ends the questions still open, and is raised as itself.
    """
    gate = asyncio.Semaphore(most)

    async def ask(question: Callable[[], Coroutine[Any, Any, AnswerT]]) -> AnswerT:
        async with gate:
            return await question()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(question)) for question in questions]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
