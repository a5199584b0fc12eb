"""Tokens that nobody may be believed for: at every method of every role, and at every public door.

Each kind is made of the genuine token of an administrator, who could call all that people can: what
is let in for any of them is let in by mistake.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle, islice, product
from typing import Any, Final, TypeVar

import aiohttp
import grpc
import pytest
import pytest_asyncio
import socketio
from google.protobuf.descriptor import MethodDescriptor
from tests.fixtures.grpc_loopback import is_cut_off, reason_of
from tests.security.access_rules import EXPIRED, INVALID, is_internal, methods, path_of, role_of
from tests.security.crowds import each_of
from tests.security.doors import IN_THE_SUITE, SECONDS, Doors, bearing, requests_of
from tests.security.forged_tokens import (
    OVERSIZED,
    fits_in_a_header,
    forged_tokens,
    private_key_of,
)

from deltastream.access.v1 import access_pb2

pytestmark = IN_THE_SUITE

PROTECTED: Final = tuple(
    method
    for method in methods()
    if method.GetOptions().Extensions[access_pb2.rule].role != access_pb2.ROLE_PUBLIC
)
FEWEST_KINDS: Final = 100
SAMPLE: Final = 6
CLOSED: Final = "closed"
NO_ROOM: Final = {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL}
Forged = Mapping[str, str]
T = TypeVar("T")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def forged(doors: Doors) -> Forged:
    """Return the tokens by what is wrong with them."""
    genuine = (await doors.log_in("admin"))["token"]
    kinds = dict(forged_tokens(genuine, private_key_of(doors.mesh.data_dir)))
    assert len(kinds) >= FEWEST_KINDS
    return kinds


@pytest.fixture
def sendable(forged: Forged) -> Forged:
    """Return those that a header can carry."""
    return {what: token for what, token in forged.items() if fits_in_a_header(token)}


def expected(what: str) -> str:
    return EXPIRED if what == "expired" else INVALID


@asynccontextmanager
async def channels(addresses: Mapping[str, str]) -> AsyncIterator[dict[str, grpc.aio.Channel]]:
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                grpc.aio.insecure_channel(address, (("grpc.max_metadata_size", 1 << 20),))
            )
            for name, address in addresses.items()
        }


async def refusal(
    channel: grpc.aio.Channel, method: MethodDescriptor, token: str
) -> tuple[Any, str]:
    """Return with which status and reason a call is refused; OK if it is not."""
    make: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
    call = make(path_of(method))(b"", metadata=bearing(token), timeout=SECONDS)
    try:
        await (call.read() if method.server_streaming else call)
    except grpc.aio.AioRpcError as error:
        if is_cut_off(error):
            return await refusal(channel, method, token)
        told = any(key == "grpc-status-details-bin" for key, _ in error.trailing_metadata() or ())
        return error.code(), reason_of(error) if told else ""
    finally:
        call.cancel()
    return grpc.StatusCode.OK, ""


def is_refused(what: str, found: tuple[Any, str]) -> bool:
    # gRPC itself has no room for so long a header, and says so in its own ways.
    unread = what.startswith(OVERSIZED) and found[0] in NO_ROOM and not found[1]
    return unread or found == (grpc.StatusCode.UNAUTHENTICATED, expected(what))


def taken(
    calls: Iterable[tuple[MethodDescriptor, str]], found: Iterable[tuple[Any, str]]
) -> list[tuple[str, str, tuple[Any, str]]]:
    """Return some of the calls that were not refused as they have to be, and what came of them."""
    wrong = (
        (method.name, what, outcome)
        for (method, what), outcome in zip(calls, found, strict=True)
        if not is_refused(what, outcome)
    )
    return list(islice(wrong, 20))


async def test_every_method_of_every_role_refuses_every_kind(
    doors: Doors, sendable: Forged
) -> None:
    roles = {name: address for name, address in doors.mesh.grpc.items() if name != "public"}
    calls = list(product(PROTECTED, sendable))
    async with channels(roles) as by_role:

        async def call(pair: tuple[MethodDescriptor, str]) -> tuple[Any, str]:
            method, what = pair
            return await refusal(by_role[role_of(method)], method, sendable[what])

        found = await each_of(calls, call)
    assert not taken(calls, found)
    assert len(found) == len(PROTECTED) * len(sendable) > 4000


def sampled(things: Mapping[T, str], kinds: Forged) -> list[tuple[T, str]]:
    """Pair things with kinds: one of each group with all of them, the others with a few each."""
    rotating = cycle(kinds)
    seen: set[str] = set()
    pairs = []
    for thing, group in things.items():
        some = kinds if group not in seen else islice(rotating, SAMPLE)
        pairs += [(thing, what) for what in some]
        seen.add(group)
    return pairs


async def test_the_public_address_refuses_every_kind(doors: Doors, sendable: Forged) -> None:
    calls = sampled({m: role_of(m) for m in PROTECTED if not is_internal(m)}, sendable)
    assert {what for _, what in calls} == set(sendable)
    async with channels({"public": doors.public}) as channel:

        async def call(pair: tuple[MethodDescriptor, str]) -> tuple[Any, str]:
            return await refusal(channel["public"], pair[0], sendable[pair[1]])

        found = await each_of(calls, call)
    assert not taken(calls, found)


async def test_every_route_refuses_every_kind(doors: Doors, sendable: Forged) -> None:
    routes = {request: role_of(m) for m in PROTECTED for request in requests_of(m)}
    assert len(routes) > 30
    calls = sampled(routes, sendable)
    async with aiohttp.ClientSession(doors.mesh.http) as session:

        async def call(pair: tuple[tuple[str, str, bool], str]) -> tuple[int, str]:
            (verb, path, has_body), what = pair
            headers = dict(bearing(sendable[what]))
            body: dict[str, str] | None = {} if has_body else None
            async with session.request(verb, path, json=body, headers=headers) as response:
                if response.status >= 400 and response.content_type == "application/json":
                    return response.status, (await response.json())["details"][0]["reason"]
                return response.status, ""

        found = await each_of(calls, call)
    wrong = [
        (route, what, outcome)
        for (route, what), outcome in zip(calls, found, strict=True)
        if outcome != (401, expected(what))
        and not (what.startswith(OVERSIZED) and outcome[0] in {400, 431})
    ]
    assert not wrong, wrong[:20]


async def test_what_no_header_can_carry_is_refused_in_a_body(doors: Doors, forged: Forged) -> None:
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        for what, token in forged.items():
            async with session.post("/api/auth/verify", json={"token": token}) as response:
                told = (await response.json())["details"][0]["reason"]
                # An oversized one breaks a rule of the contract, and is not looked at.
                wanted = (
                    (400, "VALIDATION_FAILED")
                    if what.startswith(OVERSIZED)
                    else (401, expected(what))
                )
                assert (response.status, told) == wanted, what


async def test_no_socket_is_opened_with_any_kind(doors: Doors, forged: Forged) -> None:
    async def connect(what: str) -> tuple[str, object]:
        refused: list[Any] = []
        client = socketio.AsyncClient(reconnection=False)
        client.on("connect_error", refused.append)
        try:
            await client.connect(
                doors.mesh.http,
                auth={"token": forged[what]},
                transports=["websocket"],
                wait_timeout=SECONDS,
            )
        except socketio.exceptions.ConnectionError:
            return what, refused[0]["data"]["reason"] if refused else CLOSED
        finally:
            await client.disconnect()
        return what, "CONNECTED"

    found = dict(await each_of(forged, connect, at_once=4))
    wanted = {
        # A frame that large is not read.
        what: CLOSED if what.startswith(OVERSIZED) else expected(what)
        for what in forged
    }
    assert found == wanted
