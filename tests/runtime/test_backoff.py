"""Waiting for what is away."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import grpc
import pytest
from structlog.testing import capture_logs
from tests.fixtures.measured import measured

from deltastream.domain.errors import DependencyUnavailableError, LeaseLostError
from deltastream.runtime.backoff import patiently
from deltastream.runtime.telemetry import names


class Away:
    """Fails as it is told, then answers; remembers when it was called."""

    def __init__(self, failures: Iterable[Exception]) -> None:
        self._failures = iter(failures)
        self.calls: list[float] = []

    async def __call__(self) -> str:
        self.calls.append(asyncio.get_running_loop().time())
        for failure in self._failures:
            raise failure
        return "answer"


def unavailable() -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
    )


async def test_what_is_tried_again_is_counted_by_what_it_is() -> None:
    before = measured(names.RETRIES, operation="waits_to_be_counted")
    away = Away([DependencyUnavailableError("bus"), unavailable()])
    await patiently(away, event="waits_to_be_counted")
    assert measured(names.RETRIES, operation="waits_to_be_counted") == before + 2


async def test_it_goes_on_until_there_is_an_answer_and_says_why_it_waits() -> None:
    away = Away([DependencyUnavailableError("bus"), unavailable()])
    with capture_logs() as logs:
        assert await patiently(away, event="waits", entries=3) == "answer"
    assert [(log["event"], log["entries"], log["log_level"]) for log in logs] == [
        ("waits", 3, "warning")
    ] * 2
    assert logs[0]["error"].startswith("bus does not answer")
    assert logs[1]["error"] == "UNAVAILABLE"


async def test_pauses_grow() -> None:
    away = Away(DependencyUnavailableError("bus") for _ in range(4))
    await patiently(away, event="waits")
    pauses = [later - earlier for earlier, later in pairwise(away.calls)]
    for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.4), strict=True):
        assert pause >= 0.99 * least


async def test_what_waiting_cannot_mend_is_raised_at_once() -> None:
    away = Away([LeaseLostError(["NIFTY"])])
    with pytest.raises(LeaseLostError):
        await patiently(away, event="waits")
    assert len(away.calls) == 1


async def test_waiting_can_be_cancelled() -> None:
    away = Away(DependencyUnavailableError("bus") for _ in range(1000))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await patiently(away, event="waits")
    assert len(away.calls) > 1
