"""Every method, called by everybody, at every door of a mesh that runs as a person runs it."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import grpc
import pytest
import socketio
from google.protobuf.descriptor import MethodDescriptor
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import is_cut_off, reason_of
from tests.fixtures.running_mesh import command, environment
from tests.security.access_rules import (
    CALLERS,
    INVALID,
    REACHED,
    REFUSALS,
    expected,
    expected_outside,
    is_internal,
    methods,
    path_of,
    role_of,
)
from tests.security.doors import (
    ON_THE_MESH,
    PASSWORD,
    SECONDS,
    TAKES_ITS_TIME,
    Doors,
    answer,
    register,
    requests_of,
)

from deltastream.client import Mesh
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest

pytestmark = [*ON_THE_MESH, TAKES_ITS_TIME]

# The one that ends what it is called with comes last.
METHODS: Final = tuple(sorted(methods(), key=lambda method: method.name == "EndSessions"))
RESTART_SECONDS: Final = 150.0


async def outcome(channel: grpc.aio.Channel, method: MethodDescriptor, metadata: Any) -> str:
    """Return the reason why a call with an empty request is refused, or REACHED."""
    make: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
    call = make(path_of(method))(b"", metadata=metadata, timeout=SECONDS)
    try:
        await (call.read() if method.server_streaming else call)
    except grpc.aio.AioRpcError as error:
        if is_cut_off(error):
            return await outcome(channel, method, metadata)
        return _verdict(reason_of(error))
    finally:
        call.cancel()
    return REACHED


def _verdict(reason: str) -> str:
    return reason if reason in REFUSALS else REACHED


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_role_lets_in_whom_the_contract_names_and_nobody_else(
    doors: Doors, caller: str
) -> None:
    found = {}
    metadata = await doors.metadata(caller)
    # Auth last: what it ends is ended everywhere within seconds.
    for name, address in sorted(doors.mesh.grpc.items(), key=lambda role: role[0] == "auth"):
        if name == "public":
            continue
        async with grpc.aio.insecure_channel(address) as channel:
            for method in METHODS:
                if role_of(method) == name:
                    found[method.full_name] = await outcome(channel, method, metadata)
    assert found == _each(expected, caller)


@pytest.mark.parametrize("caller", CALLERS)
async def test_the_public_address_lets_nobody_in_to_what_is_internal(
    doors: Doors, caller: str
) -> None:
    metadata = await doors.metadata(caller)
    async with grpc.aio.insecure_channel(doors.mesh.grpc["public"]) as channel:
        found = {each.full_name: await outcome(channel, each, metadata) for each in METHODS}
    assert found == _each(expected_outside, caller)


def _each(rule: Callable[[MethodDescriptor, str], str], caller: str) -> dict[str, str]:
    return {method.full_name: rule(method, caller) for method in METHODS}


@pytest.mark.parametrize("caller", CALLERS)
async def test_rest_lets_in_whom_the_contract_names(doors: Doors, caller: str) -> None:
    found, wanted = {}, {}
    headers = dict(await doors.metadata(caller))
    async with aiohttp.ClientSession(doors.mesh.http, headers=headers) as session:
        for method in METHODS:
            for verb, path, has_body in requests_of(method):
                name = f"{verb} {path}"
                found[name] = await _rest_outcome(session, verb, path, has_body=has_body)
                wanted[name] = expected(method, caller)
    assert len(found) > 30
    assert found == wanted


async def _rest_outcome(
    session: aiohttp.ClientSession, verb: str, path: str, *, has_body: bool
) -> str:
    body: dict[str, str] | None = {} if has_body else None
    async with asyncio.timeout(SECONDS), session.request(verb, path, json=body) as response:
        if response.status == 401:
            assert response.headers["WWW-Authenticate"] == "Bearer"
        if response.status < 400:
            return REACHED
        infos = [d for d in (await response.json())["details"] if "reason" in d]
        assert len(infos) == 1
        verdict = _verdict(infos[0]["reason"])
        statuses = {REACHED: response.status, "ROLE_INSUFFICIENT": 403}
        assert response.status == statuses.get(verdict, 401)
        return verdict


async def test_what_is_internal_has_no_route_and_something_is() -> None:
    internal = [method for method in METHODS if is_internal(method)]
    assert len(internal) >= 9
    assert [requests_of(method) for method in internal] == [[]] * len(internal)


async def test_an_api_key_opens_what_its_token_would(doors: Doors) -> None:
    reader = dict(await doors.metadata("reader"))
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        made = await answer(
            session.post("/api/auth/api-keys", json={"name": "test"}, headers=reader)
        )
        key, path = {"x-api-key": made["secret"]}, "/api/data/products"
        await answer(session.get(path, headers=key))
        async with session.get("/api/auth/users", headers=key) as response:
            assert response.status == 403
        async with session.get(path, headers={"x-api-key": "made.up"}) as response:
            assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        async with session.get(path, headers=reader | key) as response:
            assert response.status == 401
        metadata = tuple(key.items())
        async with grpc.aio.insecure_channel(doors.mesh.grpc["public"]) as channel:
            for method in METHODS[:-1]:
                if not is_internal(method):
                    found = await outcome(channel, method, metadata)
                    assert found == expected(method, "reader"), method.full_name
            deleted = session.delete(f"/api/auth/api-keys/{made['api_key']['id']}", headers=reader)
            await answer(deleted)
            (read,) = [method for method in METHODS if method.name == "ListProducts"]
            await eventually(
                lambda: outcome(channel, read, metadata), INVALID.__eq__, seconds=SECONDS
            )


async def test_a_session_that_was_ended_is_over_within_seconds(doors: Doors) -> None:
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        somebody = await register(session, "somebody")
        headers = {"Authorization": f"Bearer {somebody['token']}"}
        await answer(session.get("/api/data/products", headers=headers))
        await answer(session.post("/api/auth/sessions/end", json={}, headers=headers))

        async def status() -> int:
            async with session.get("/api/data/products", headers=headers) as response:
                return response.status

        await eventually(status, lambda found: found == 401, seconds=SECONDS)


async def test_socket_io_takes_a_token_or_a_key_and_streams_in_the_edges_own_name(
    doors: Doors,
) -> None:
    refused = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await refused.connect(doors.mesh.http, transports=["websocket"], wait_timeout=SECONDS)
    await refused.disconnect()
    ((_, bearer),) = await doors.metadata("reader")
    client, updates = socketio.AsyncClient(reconnection=False), asyncio.Queue[Any]()
    client.on("underlying_update", updates.put_nowait)
    await client.connect(doors.mesh.http, auth={"token": bearer.removeprefix("Bearer ")})
    try:
        async with asyncio.timeout(SECONDS):
            assert (await updates.get())["price"] > 0
        assert (await client.call("get_products", timeout=SECONDS))["ok"]
    finally:
        await client.disconnect()


async def test_the_python_client_logs_in_and_streams(doors: Doors) -> None:
    login = ("reader@example.com", PASSWORD)
    async with Mesh(doors.mesh.grpc["public"], login=login) as mesh, asyncio.timeout(SECONDS):
        assert (await anext(mesh.chains())).product
        assert (await mesh.storage.ListProducts(ListProductsRequest())).products


async def test_after_a_restart_the_services_still_know_one_another(doors: Doors) -> None:
    restart = await asyncio.create_subprocess_exec(
        *command("restart", "--data-dir", str(doors.mesh.data_dir)),
        env=environment(),
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(RESTART_SECONDS):
        assert await restart.wait() == 0
    headers = dict(await doors.metadata("reader"))
    async with aiohttp.ClientSession(doors.mesh.http, headers=headers) as session:

        async def newest() -> int:
            page = await answer(session.get("/api/data/underlying/NIFTY?limit=1"))
            return int(page["ticks"][0]["sequence"]) if page["ticks"] else 0

        # Enrichment writes to storage, and may.
        before = await newest()
        await eventually(newest, lambda sequence: sequence > before, seconds=SECONDS)
