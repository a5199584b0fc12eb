"""Who may connect."""

import asyncio
from typing import Any

import aiohttp
import grpc
import pytest
import socketio
from tests.edge.sockets_mesh import DEADLINE, GOOD_TOKEN, Mesh, listening, running_mesh

from deltastream.edge.sockets.refusal import RefusedError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "polling"])


async def refusal(mesh: Mesh, auth: Any, transport: str = "websocket") -> dict[str, Any]:
    """Connect, expect to be refused, and return the refusal's data."""
    client = socketio.AsyncClient(reconnection=False)
    refused: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    client.on("connect_error", refused.put_nowait)
    events: list[str] = []
    client.on("*", lambda event, *_: events.append(event))
    try:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(mesh.url, auth=auth, transports=[transport], wait_timeout=DEADLINE)
        async with asyncio.timeout(DEADLINE):
            error = await refused.get()
    finally:
        await client.disconnect()
    assert events == []
    assert error["message"] == error["data"]["message"]
    data: dict[str, Any] = error["data"]
    return data


@TRANSPORTS
async def test_a_valid_token_is_admitted(transport: str) -> None:
    async with (
        running_mesh(allow_anonymous=False) as mesh,
        listening(mesh, transport=transport, auth={"token": GOOD_TOKEN}) as client,
    ):
        assert (await client.call("get_products"))["ok"]


@TRANSPORTS
async def test_without_a_token_nobody_is_admitted_unless_allowed(transport: str) -> None:
    async with running_mesh(allow_anonymous=False) as mesh:
        refused = await refusal(mesh, None, transport)
        assert refused["reason"] == "CREDENTIALS_MISSING"


@TRANSPORTS
@pytest.mark.parametrize("allow_anonymous", [True, False])
async def test_an_invalid_token_is_refused_even_where_none_is_needed(
    transport: str, *, allow_anonymous: bool
) -> None:
    async with running_mesh(allow_anonymous=allow_anonymous) as mesh:
        refused = await refusal(mesh, {"token": "forged"}, transport)
        assert refused["reason"] == "CREDENTIALS_INVALID"


@pytest.mark.parametrize("auth", [{"token": None}, {"tokens": "x"}])
async def test_an_auth_payload_without_a_token_is_anonymous(auth: Any) -> None:
    async with running_mesh() as mesh, listening(mesh, auth=auth) as client:
        assert (await client.call("get_products"))["ok"]


@pytest.mark.parametrize(
    "auth", ["good", [GOOD_TOKEN], {"token": 5}, {"token": [GOOD_TOKEN]}, {"token": "x" * 9000}]
)
async def test_a_malformed_auth_payload_is_refused(auth: Any) -> None:
    async with running_mesh() as mesh:
        assert (await refusal(mesh, auth))["reason"] == "MALFORMED_REQUEST"


async def test_an_empty_token_is_an_invalid_one() -> None:
    async with running_mesh() as mesh:
        assert (await refusal(mesh, {"token": ""}))["reason"] == "CREDENTIALS_INVALID"


async def test_a_token_that_cannot_be_checked_is_refused_as_that() -> None:
    async def away(_: str) -> None:
        raise grpc.aio.AioRpcError(
            grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
        )

    async with running_mesh(authenticate=away) as mesh:
        assert (await refusal(mesh, {"token": "t"}))["reason"] == "DEPENDENCY_UNAVAILABLE"


async def test_the_authenticator_can_say_why_it_refuses() -> None:
    async def expired(_: str) -> None:
        raise RefusedError(ErrorReason.ERROR_REASON_TOKEN_EXPIRED, "log in again")

    async with running_mesh(authenticate=expired) as mesh:
        assert await refusal(mesh, {"token": "t"}) == {
            "reason": "TOKEN_EXPIRED",
            "message": "log in again",
        }


async def test_a_fault_of_the_authenticator_is_refused_without_its_details() -> None:
    async def broken(_: str) -> None:
        raise KeyError("secret")

    async with running_mesh(authenticate=broken) as mesh:
        refused = await refusal(mesh, {"token": "t"})
        assert refused["reason"] == "INTERNAL"
        assert "secret" not in str(refused)


async def test_a_client_that_leaves_while_it_is_being_admitted_is_forgotten() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hesitating(_: str) -> str:
        asked.set()
        await answer.wait()
        return "ada"

    async with (
        running_mesh(authenticate=hesitating) as mesh,
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
        asyncio.timeout(DEADLINE),
        asyncio.TaskGroup() as group,
    ):
        opened = await session.get("?EIO=4&transport=polling")
        sid = (await opened.text()).split('"')[3]
        polling = f"?EIO=4&transport=polling&sid={sid}"
        admission = group.create_task(_post(session, polling, '40{"token":"t"}'))
        await asked.wait()
        await _post(session, polling, "1")
        answer.set()
        await admission
        assert mesh.gateway._server._server.manager.rooms == {}
        assert mesh.gateway._audience._count == 0


async def _post(session: aiohttp.ClientSession, query: str, body: str) -> None:
    async with session.post(query, data=body) as response:
        assert response.status == 200


async def test_a_refused_client_receives_no_data() -> None:
    async with running_mesh(allow_anonymous=False) as mesh:
        await refusal(mesh, {"token": "forged"})
        assert (mesh.ticks.count, mesh.chains.count) == (0, 0)
