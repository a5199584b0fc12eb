"""Roles ship what they log; while nobody takes it they go on as ever."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import grpc
import pytest
import structlog
from structlog.testing import capture_logs
from tests.fixtures.eventually import eventually
from tests.fixtures.free_port import free_port
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.fixtures.token_authority import SERVICE_SECRET, TokenAuthority
from tests.logs.role_process import logs_process, serving_auth

from deltastream.domain.errors import DependencyUnavailableError, InvalidValueError
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.log_shipping.outbox import Outbox
from deltastream.runtime.log_shipping.shipper import Shipper
from deltastream.runtime.log_shipping.shipping import shipping_logs

START_SECONDS = 60.0
AWAY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}


def put(outbox: Outbox, *events: str) -> None:
    for event in events:
        outbox(None, "info", {"event": event, "level": "info"})


class Taker:
    """Takes entries, unless told to fail."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.failure: Exception | None = None
        self.calls = 0

    async def __call__(self, entries: Sequence[pb.LogEntry]) -> None:
        self.calls += 1
        if self.failure is not None:
            raise self.failure
        self.events += [entry.event for entry in entries]


async def test_what_nobody_took_is_shipped_later_in_its_order_and_said_twice_at_most() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="feed")
    taker.failure = DependencyUnavailableError("logs")
    with capture_logs() as logs:
        for number in range(5):
            put(outbox, str(number))
            await shipper.ship()
        taker.failure = None
        await shipper.ship()
    assert taker.events == ["0", "1", "2", "3", "4"]
    assert [log["event"] for log in logs] == ["logs_not_shipped", "logs_shipped_again"]


async def test_at_the_start_everybody_waits_for_somebody_and_that_alarms_nobody() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="feed")
    with capture_logs() as logs:
        put(outbox, "first")
        taker.failure = DependencyUnavailableError("logs")
        await shipper.ship()
        taker.failure = None
        await shipper.ship()
        assert logs == []
        put(outbox, "second")
        taker.failure = DependencyUnavailableError("logs")
        for _ in range(3):
            await shipper.ship()
        assert [log["event"] for log in logs] == ["logs_not_shipped"]


async def test_who_is_replaced_by_another_between_two_tries_alarms_nobody() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="feed")
    with capture_logs() as logs:
        for number in range(6):
            put(outbox, str(number))
            taker.failure = DependencyUnavailableError("logs") if number % 2 else None
            await shipper.ship()
    assert (taker.events, logs) == (["0", "1", "2", "3", "4"], [])


async def test_it_tries_ever_more_seldom_and_at_once_again_when_somebody_is_there() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="feed", pause=0.01)
    taker.failure = DependencyUnavailableError("logs")
    put(outbox, "waiting")
    running = asyncio.create_task(shipper.run())
    try:
        await asyncio.sleep(0.5)
        # 0.01, 0.02, 0.04 … s apart: not fifty times.
        assert 3 <= taker.calls <= 7
        taker.failure = None
        await eventually(_read(lambda: taker.events), lambda events: events == ["waiting"])
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_what_is_refused_is_given_up_counted_and_said_once() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="feed")
    taker.failure = InvalidValueError("entries[0].event", "is not to be")
    with capture_logs() as logs:
        for _ in range(3):
            put(outbox, "poison")
            await shipper.ship()
        taker.failure = None
        put(outbox, "good")
        await shipper.ship()
    assert (taker.events, outbox.dropped) == (["good"], 3)
    assert [log["event"] for log in logs] == ["logs_refused"]


async def test_the_last_words_of_a_role_are_shipped() -> None:
    outbox, taker = Outbox(), Taker()
    running = asyncio.create_task(Shipper(outbox, taker, service="feed", pause=60).run())
    await asyncio.sleep(0)
    put(outbox, "goodbye")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert taker.events == ["goodbye"]


async def test_who_ends_after_those_who_take_its_words_alarms_nobody() -> None:
    outbox, taker = Outbox(), Taker()
    shipper = Shipper(outbox, taker, service="auth", pause=60)
    put(outbox, "hello")
    await shipper.ship()
    taker.failure = DependencyUnavailableError("logs")
    put(outbox, "goodbye")
    with capture_logs() as logs:
        await shipper.ship()
        running = asyncio.create_task(shipper.run())
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert (taker.calls, logs) == (3, [])


async def test_without_an_address_nothing_is_shipped_and_nobody_is_called() -> None:
    outbox, nobody = Outbox(), None
    put(outbox, "stays")
    async with shipping_logs(LoopbackSettings(), nobody, outbox=outbox):  # type: ignore[arg-type]
        pass
    assert len(outbox) == 1


class ShippingSettings(LoopbackSettings):
    """A role that ships."""

    role: ClassVar[str] = "feed"

    auth_address: str


@asynccontextmanager
async def shipping_role(auth: str, logs: str, outbox: Outbox) -> AsyncIterator[None]:
    """Be a role of the mesh that ships its logs."""
    settings = ShippingSettings(
        auth_address=auth,
        logs_address=logs,
        service_secret=SERVICE_SECRET,  # type: ignore[arg-type] # as the environment has it
    )
    async with (
        open_identity(settings, auth=auth) as identity,
        shipping_logs(settings, identity.service, outbox=outbox),
    ):
        yield


@pytest.mark.timeout(150)
async def test_the_service_is_killed_and_comes_back_and_nothing_is_lost(tmp_path: Path) -> None:
    """Over the role's own process: roles ship to it, its own events are in it, kill -9 included."""
    address, outbox, authority = f"127.0.0.1:{free_port()}", Outbox(), TokenAuthority()
    bearer = (("authorization", f"Bearer {authority.token('admin')}"),)
    async with (
        serving_auth(authority) as auth,
        grpc.aio.insecure_channel(
            address, options=[("grpc.max_reconnect_backoff_ms", 200)]
        ) as channel,
        shipping_role(auth, address, outbox),
    ):
        stub = LogsServiceStub(channel)

        async def kept(service: str = "feed") -> list[str]:
            request = pb.QueryLogsRequest(service=service, page_size=1000)
            try:
                page = await stub.QueryLogs(request, metadata=bearer, timeout=5)
            except grpc.aio.AioRpcError as error:
                if error.code() not in AWAY:
                    raise
                return []
            return [record.event for record in reversed(page.logs)]

        put(outbox, "before it was there")
        async with logs_process(tmp_path, address=address, auth=auth) as process:
            await eventually(kept, lambda events: len(events) == 1, seconds=START_SECONDS)
            process.kill()
            await process.wait()
        put(outbox, *(f"while it was away {number}" for number in range(10)))
        async with logs_process(tmp_path, address=address, auth=auth):
            events = await eventually(
                kept, lambda events: len({*events}) == 11, seconds=START_SECONDS
            )
            # What was kept just before the kill, and not yet acknowledged, is sent again.
            assert list(dict.fromkeys(events)) == [
                "before it was there",
                *(f"while it was away {number}" for number in range(10)),
            ]
            own = await eventually(lambda: kept("logs"), lambda events: "grpc_listening" in events)
            assert not [event for event in own if "ship" in event or event.startswith("rpc_")]
        # What an operator reads: stdout, and nothing that goes round in circles.
        lines = (tmp_path / "logs.out").read_text().splitlines()
        assert 5 < len(lines) < 40


def _read(value: Any) -> Any:
    async def read() -> Any:
        return value()

    return read


async def test_an_outbox_in_the_chain_of_processors_changes_nothing_of_what_is_printed() -> None:
    printed: list[str] = []

    class Lines:
        def msg(self, text: str) -> None:
            printed.append(text)

        info = msg

    outbox = Outbox()
    log = structlog.wrap_logger(
        Lines(),
        processors=[
            structlog.processors.add_log_level,
            outbox,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    log.info("listening", port=1)
    assert printed == ['{"event": "listening", "level": "info", "port": 1}']
    assert [entry.event for entry in outbox.take()] == ["listening"]
