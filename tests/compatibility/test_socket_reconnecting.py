"""What becomes of the original's Socket.IO clients when their connection is lost."""

import asyncio
import os
import signal
from typing import Final

import pytest
from tests.compatibility.platform_under_test import Platform
from tests.compatibility.socket_client import (
    CHAINS,
    CONNECTED,
    DEADLINE,
    DISCONNECT,
    OF_PRODUCT,
    PRODUCT,
    SocketClient,
    counted,
    seqs,
)
from tests.compatibility.ways import Way, all_connected, every_way
from tests.faults.proxy import FaultProxy, fault_proxy, to_url
from tests.fixtures.eventually import eventually

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
UPDATES: Final = 3


@every_way
async def test_a_client_whose_connection_is_cut_comes_back_and_has_missed_nothing(
    platform: Platform, way: Way
) -> None:
    async with (
        fault_proxy(to_url(platform.url), seed=0) as wire,
        way.connected(platform, url=f"http://{wire.address}") as client,
    ):
        first = (await client.request("subscribe", CHAINS))["seq"]
        last = await heard_until(client, first + UPDATES)
        last_price = max(seqs(client.heard, OF_PRODUCT))
        await cut(wire, client)
        await client.until(DISCONNECT)
        await client.until(CONNECTED)
        ack = await client.request("subscribe", CHAINS | {"resume": last})
        assert ack["resumed"]
        ack = await client.request("subscribe", PRODUCT | {"resume": last_price})
        assert ack["resumed"]
        await heard_until(client, last + UPDATES)
        chains = seqs(client.heard, {"chain_update"}, after=first)
        assert chains == counted(chains, after=first)
        # Of prices it was given the latest before it could say where it was.
        prices = seqs(client.since("subscribed"), OF_PRODUCT)
        assert prices == counted(prices, after=last_price)
        assert len(prices) >= ack["seq"] - last_price


async def test_a_client_of_an_edge_that_was_killed_comes_back_and_is_told_of_the_gap(
    platform: Platform,
) -> None:
    async with all_connected(platform) as clients:
        for client in clients.values():
            await client.request("subscribe", CHAINS)
        for client in clients.values():
            await client.until("chain_update")
        os.kill(platform.mesh.pid_of("edge"), signal.SIGKILL)
        async with asyncio.TaskGroup() as group:
            for client in clients.values():
                group.create_task(begun_anew(client))


async def cut(wire: FaultProxy, client: SocketClient) -> None:
    """Let a client have no connection until it notices: between two polls it has none to lose."""
    wire.cut()
    await eventually(lambda: heard_of(client, DISCONNECT), bool, seconds=DEADLINE)
    wire.heal()


async def heard_of(client: SocketClient, event: str) -> bool:
    """Return whether a client has heard of it."""
    return event in [name for name, _ in client.heard]


async def heard_until(client: SocketClient, seq: int) -> int:
    """Return the number of the newest chain, which is this or a later one."""
    chain = await client.until("chain_update", lambda chain: chain["seq"] >= seq)
    return int(chain["seq"])


async def begun_anew(client: SocketClient) -> None:
    """Come back to an edge that knows nothing of the one before."""
    await client.until(DISCONNECT)
    last = max(seqs(client.heard, {"chain_update"}))
    await client.until(CONNECTED)
    ack = await client.request("subscribe", CHAINS | {"resume": last})
    assert ack["ok"]
    assert not ack["resumed"]
    assert ack["seq"] > last
    await heard_until(client, ack["seq"] + UPDATES)
    heard = seqs(client.since(CONNECTED), {"chain_update"})
    assert heard == sorted(set(heard))
    assert heard[0] > last
    new = seqs(client.heard, {"chain_update"}, after=ack["seq"])
    assert new == counted(new, after=ack["seq"])
