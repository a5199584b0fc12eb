"""Whom the original's Socket.IO clients have to be, whatever their make and their transport."""

import asyncio
from typing import Any, Final

import aiohttp
import pytest
from tests.compatibility.platform_under_test import Platform
from tests.compatibility.shapes import REFUSAL, faults
from tests.compatibility.socket_client import CONNECT_ERROR, DISCONNECT, SocketClient
from tests.compatibility.ways import Way, all_connected, every_way

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
FORGED: Final = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."


async def refusal(client: SocketClient) -> Any:
    """Return why a client is not admitted."""
    error = await client.until(CONNECT_ERROR)
    assert error["message"] == error["data"]["message"]
    assert faults(error["data"], REFUSAL) == []
    return error["data"]["reason"]


@every_way
async def test_who_sends_no_token_is_told_so(platform: Platform, way: Way) -> None:
    async with way.connecting(platform.url) as client:
        assert await refusal(client) == "CREDENTIALS_MISSING"


@every_way
async def test_who_sends_a_forged_token_is_told_so(platform: Platform, way: Way) -> None:
    async with way.connecting(platform.url, {"token": FORGED}) as client:
        assert await refusal(client) == "CREDENTIALS_INVALID"


@every_way
async def test_who_sends_an_expired_token_is_told_so(platform: Platform, way: Way) -> None:
    async with way.connecting(platform.url, {"token": platform.expired_token}) as client:
        assert await refusal(client) == "TOKEN_EXPIRED"


async def test_who_logs_out_is_told_so_and_cannot_come_back(platform: Platform) -> None:
    somebody = await platform.newcomer("leaving")
    async with all_connected(platform, token=somebody["token"]) as clients:
        async with (
            aiohttp.ClientSession(platform.url) as session,
            session.post(
                "/api/auth/logout", json={"refresh_token": somebody["refresh_token"]}
            ) as response,
        ):
            assert response.status == 200
        async with asyncio.TaskGroup() as group:
            for client in clients.values():
                group.create_task(sent_away(client))
    for way in clients:
        async with way.connecting(platform.url, {"token": somebody["token"]}) as client:
            assert await refusal(client) == "CREDENTIALS_INVALID"


async def sent_away(client: SocketClient) -> None:
    """Return when a client was told why it has to go, and then was disconnected."""
    assert (await client.until("error"))["reason"] == "CREDENTIALS_INVALID"
    await client.until(DISCONNECT)
