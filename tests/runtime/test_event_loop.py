"""The loop of the roles hears of gRPC's events as they come, however much else it has to do."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.fixtures.running_mesh import ROOT, environment

from deltastream.runtime.event_loop import taking_all

_SECONDS = 60.0
_CALLS = 2000
# The answers come while the loop is busy; gRPC's socket has room for some 280 bytes, as a rule.
_FLOODED = """
import asyncio, sys, time
from concurrent.futures import ThreadPoolExecutor
import grpc
from deltastream.runtime.event_loop import RoleEventLoop

class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)

async def main(address):
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary("/test.Echo/Call")
        await call(b"first")
        calls = [asyncio.ensure_future(call(b"")) for _ in range(int(sys.argv[2]))]
        rounds = 0
        while not all(each.done() for each in calls):
            # What else the loop has to do in each of its rounds.
            time.sleep(0.002)
            rounds += 1
            await asyncio.sleep(0)
        print(rounds)

server = grpc.server(ThreadPoolExecutor(4), handlers=(Echo(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
loop = {"role": RoleEventLoop, "asyncio": asyncio.SelectorEventLoop}[sys.argv[1]]
with asyncio.Runner(loop_factory=loop) as runner:
    runner.run(main(f"127.0.0.1:{port}"))
server.stop(None).wait()
"""


_NAMING_ROLE = """
import asyncio, sys
from tests.fixtures.grpc_loopback import LoopbackSettings
from deltastream.runtime.lifecycle import run_role

async def work(settings, shutdown):
    print(type(asyncio.get_running_loop()).__name__)

sys.exit(run_role(LoopbackSettings, work))
"""


def said_by(script: str, *arguments: str) -> str:
    """Run a script, and return what it printed."""
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def rounds_until_all_is_answered(loop: str) -> int:
    return int(said_by(_FLOODED, loop, str(_CALLS)))


def bytes_a_socket_takes() -> int:
    """Count the single bytes that fit in a socket whose other end does not read, up to enough."""
    reading, writing = socket.socketpair()
    taken = 0
    with reading, writing, suppress(BlockingIOError):
        writing.settimeout(0.0)
        while taken < _CALLS:
            taken += writing.send(b"1")
    return taken


def test_many_answers_come_through_in_each_round_of_a_busy_loop() -> None:
    assert rounds_until_all_is_answered("role") < _CALLS / 3


def test_the_loop_is_needed_as_long_as_asyncios_own_hears_of_one_answer_in_a_round() -> None:
    """When this fails, gRPC reads all of its bytes, and `RoleEventLoop` can go."""
    if (room := bytes_a_socket_takes()) > _CALLS / 4:
        pytest.skip(f"{room} single bytes fit in a socket here: it does not get full in this test")
    assert rounds_until_all_is_answered("asyncio") > _CALLS / 2


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    reading, writing = socket.socketpair()
    with reading, writing:
        reading.settimeout(0.0)
        yield reading, writing


@pytest.mark.parametrize("waiting", [1, 2, 200])
def test_the_handler_finds_one_byte_however_many_came(
    ends: tuple[socket.socket, socket.socket], waiting: int
) -> None:
    reading, writing = ends
    found: list[bytes] = []
    writing.send(bytes(waiting))
    taking_all(reading, lambda: found.append(reading.recv(waiting)))()
    assert found == [b"\0"]


def test_the_handler_is_called_as_asyncio_would_though_another_took_the_bytes(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    reading, _ = ends
    called: list[int] = []
    taking_all(reading, called.append)(7)
    assert called == [7]


def test_every_role_runs_on_this_loop() -> None:
    assert "RoleEventLoop" in said_by(_NAMING_ROLE).splitlines()
