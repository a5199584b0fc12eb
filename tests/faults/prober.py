"""Somebody who asks the edge over and over, and keeps every answer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from tests.faults.questions import QUESTIONS, Question
from tests.faults.trial import Trial
from tests.faults.waiting import moment_when

_TIMEOUT: Final = aiohttp.ClientTimeout(total=15.0)
_UNAVAILABLE: Final = 503
_NO_ANSWER: Final = 504
# A call may take ten seconds: where a link swallows everything, that is what some take.
_DEADLINE_SECONDS: Final = 9.5
_IMPATIENT_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one request.

    Attributes:
        role: whose question it was.
        asked_at, answered_at: by the loop's clock.
        status: of HTTP; None when the edge did not answer.
        retry_after: the header of that name.
        text: the beginning of the body of a failure.
    """

    role: str
    asked_at: float
    answered_at: float
    status: int | None
    retry_after: str | None = None
    text: str = ""

    @property
    def good(self) -> bool:
        """Whether it is an answer to the question."""
        return self.status == 200

    @property
    def proper_refusal(self) -> bool:
        """Whether it says that, and when, to come again; or that its time is over, when it is."""
        if self.status == _NO_ANSWER:
            return self.answered_at - self.asked_at >= _DEADLINE_SECONDS
        return self.status == _UNAVAILABLE and self.retry_after is not None


@dataclass(slots=True, kw_only=True)
class Probes:
    """The answers so far.

    Attributes:
        session: with the edge.
        questions: what is asked.
    """

    session: aiohttp.ClientSession
    questions: Sequence[Question]
    answers: list[Answer] = field(default_factory=list)

    @property
    def improper(self) -> list[Answer]:
        """Failures of the server that are no proper refusals."""
        return [
            answer
            for answer in self.answers
            if answer.status is not None and answer.status >= 500 and not answer.proper_refusal
        ]

    async def recovered(self, role: str, *, after: float, seconds: float) -> float:
        """Ask this role's question again and again, until it is answered.

        Returns:
            When it was, by the loop's clock; infinity if it was not within `seconds`.
        """
        question = next(each for each in self.questions if each.role == role)

        async def answered() -> bool:
            answer = await self.ask(question)
            return answer.good and answer.asked_at > after

        return await moment_when(answered, seconds=seconds, every=_IMPATIENT_SECONDS)

    async def ask(self, question: Question) -> Answer:
        """Ask once, and keep the answer."""
        clock = asyncio.get_running_loop().time
        asked_at = clock()
        status, retry_after, text = None, None, ""
        try:
            async with question.ask(self.session) as response:
                body = await response.text()
                status, retry_after = response.status, response.headers.get("Retry-After")
                text = body[:300] if status >= 400 else ""
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        answer = Answer(
            role=question.role,
            asked_at=asked_at,
            answered_at=clock(),
            status=status,
            retry_after=retry_after,
            text=text,
        )
        self.answers.append(answer)
        return answer

    def judge(self, trial: Trial) -> None:
        """Demand that every refusal was a proper one."""
        counts = Counter(str(a.status or "no connection") for a in self.answers)
        shown = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
        trial.demand(
            "the edge refuses with 503 and Retry-After, or 504 after 10 s",
            shown,
            holds=not self.improper,
        )
        for answer in self.improper[:3]:
            trial.note(f"improper, {answer.role}", f"{answer.status} {answer.text}")


@asynccontextmanager
async def probing(
    http: str, *, interval: float = 0.5, questions: Sequence[Question] = QUESTIONS
) -> AsyncIterator[Probes]:
    """Ask each question over and over, one request after the other, while the block runs."""
    async with aiohttp.ClientSession(http, timeout=_TIMEOUT) as session:
        probes = Probes(session=session, questions=questions)
        tasks = [asyncio.create_task(_probe(probes, each, interval)) for each in questions]
        try:
            yield probes
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _probe(probes: Probes, question: Question, interval: float) -> None:
    while True:
        await probes.ask(question)
        await asyncio.sleep(interval)
