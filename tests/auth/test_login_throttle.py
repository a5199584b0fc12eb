"""Guessing a password gets slower and slower, and locks nobody out for long."""

import asyncio

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.auth.conftest import PASSWORD, Served, SettableClock, bearing
from tests.fixtures.grpc_loopback import details_of, refusal

from deltastream.auth.throttle import LoginThrottle
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.domain.errors import TooManyAttemptsError

WRONG = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")
PAUSED = (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS")


async def guess(served: Served, times: int, email: str = "ada@example.com") -> None:
    for _ in range(times):
        assert await refusal(served.log_in(email, "wrong horse")) == WRONG


async def pause_of(served: Served, email: str = "ada@example.com") -> float:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.log_in(email, "wrong horse")
    (retry,) = [
        each for each in details_of(caught.value) if isinstance(each, error_details_pb2.RetryInfo)
    ]
    seconds: float = retry.retry_delay.ToTimedelta().total_seconds()
    return seconds


async def test_after_ten_wrong_passwords_the_right_one_has_to_wait(served: Served) -> None:
    await served.register()
    await guess(served, 10)
    assert await refusal(served.log_in()) == PAUSED
    served.clock.pass_by(seconds=1)
    await served.log_in()


async def test_the_right_password_makes_a_new_beginning(served: Served) -> None:
    await served.register()
    for _ in range(3):
        await guess(served, 9)
        await served.log_in()


async def test_pauses_double_up_to_half_a_minute(served: Served) -> None:
    await served.register()
    await guess(served, 10)
    pauses = []
    for _ in range(8):
        pauses.append(await pause_of(served))
        served.clock.pass_by(seconds=pauses[-1])
        await guess(served, 1)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_what_is_tried_in_a_pause_does_not_prolong_it(served: Served) -> None:
    await served.register()
    await guess(served, 10)
    for _ in range(30):
        assert await refusal(served.log_in(password="wrong horse")) == PAUSED  # noqa: S106 - wrong
    served.clock.pass_by(seconds=1)
    await served.log_in()


async def test_an_unknown_address_is_paused_alike(served: Served) -> None:
    await guess(served, 10, "nobody@example.com")
    assert await pause_of(served, "nobody@example.com") == 1


async def test_other_accounts_are_not_paused(served: Served) -> None:
    await served.register()
    await served.register("eve@example.com")
    await guess(served, 10)
    await served.log_in("eve@example.com")


async def test_sessions_go_on_in_a_pause(served: Served) -> None:
    first = await served.register()
    await guess(served, 10)
    assert await refusal(served.log_in()) == PAUSED
    await served.verify((await served.refresh(first.refresh_token)).token)


async def test_changing_the_password_is_no_way_around_it(served: Served) -> None:
    first = await served.register()
    for _ in range(10):
        request = pb.ChangePasswordRequest(current_password="wrong", new_password=PASSWORD)  # noqa: S106 - wrong
        call = served.stub.ChangePassword(request, metadata=bearing(first.token))
        assert await refusal(call) == WRONG
    assert await refusal(served.log_in()) == PAUSED


async def test_many_guesses_at_once_are_no_way_around_it(served: Served) -> None:
    await served.register()
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(
            *(refusal(served.log_in(password="wrong horse")) for _ in range(40))  # noqa: S106 - wrong
        )
    assert outcomes.count(WRONG) == 10
    assert outcomes.count(PAUSED) == 30


async def test_many_right_passwords_at_once_are_all_right(served: Served) -> None:
    await served.register()
    async with asyncio.timeout(30):
        await asyncio.gather(*(served.log_in() for _ in range(30)))


async def wrong() -> bool:
    return False


async def right() -> bool:
    return True


async def test_failures_are_forgotten_after_a_quarter_of_an_hour(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock=clock)
    for _ in range(10):
        await throttle.judge("ada", wrong)
    clock.pass_by(minutes=15)
    for _ in range(10):
        assert not await throttle.judge("ada", wrong)
    with pytest.raises(TooManyAttemptsError):
        await throttle.judge("ada", right)


async def test_it_knows_so_many_addresses_and_forgets_the_oldest(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock=clock, most=3)
    for address in "abcd":
        for _ in range(10):
            await throttle.judge(address, wrong)
    assert list(throttle._accounts) == ["b", "c", "d"]
    assert await throttle.judge("a", right)
    with pytest.raises(TooManyAttemptsError):
        await throttle.judge("b", right)


async def test_it_keeps_nothing_of_those_who_succeed(clock: SettableClock) -> None:
    throttle = LoginThrottle(clock=clock)
    await throttle.judge("ada", wrong)
    await throttle.judge("ada", right)
    assert not throttle._accounts
