"""Clients that stall, flood, send nonsense or say nothing."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import psutil
import pytest
from tests.edge.raw_socket import raw_socket
from tests.edge.sockets_mesh import (
    DEADLINE,
    Mesh,
    listening,
    running_mesh,
    tick,
    ticks,
)

from deltastream.edge.sockets.limits import SocketLimits

PRODUCTS: Final = 20
ROUNDS: Final = 500


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the gateway has logged as a fault of its own."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR and record.name.startswith("deltastream")
    ]


async def everybody_gone(mesh: Mesh) -> None:
    """Return when no client is left, nor the connection of one."""
    async with asyncio.timeout(DEADLINE):
        await mesh.gateway._audience.absent(0)
        await mesh.gateway._server._connections._none_open.wait()


async def test_a_stalled_client_delays_nobody_and_holds_one_update_a_product() -> None:
    memory = psutil.Process().memory_info
    async with running_mesh() as mesh, raw_socket(mesh.url) as stalled:
        await stalled.connect()
        mailbox = next(iter(mesh.gateway._server._server.eio.sockets.values())).queue
        stream, _ = await mesh.streams()
        async with listening(mesh) as good:
            before = memory().rss
            for sequence in range(1, ROUNDS + 1):
                stream.send(
                    ticks(
                        *(
                            tick(f"P{n}", float(sequence), sequence=sequence)
                            for n in range(PRODUCTS)
                        )
                    )
                )
                # The good client gets every single one, in order, while the other one sleeps.
                for _ in range(PRODUCTS):
                    assert (await good.next_of("underlying_update"))["price"] == sequence
            assert mailbox.folded > 0
            assert len(mailbox) <= PRODUCTS + 16
            gc.collect()
            assert memory().rss - before < 20_000_000

            # When it wakes, it soon has the newest of every product, and none out of order.
            latest = {f"P{n}": 0.0 for n in range(PRODUCTS)}
            received = 0
            while min(latest.values()) < ROUNDS:
                message = await stalled.receive_until('42["underlying_update"')
                product, price = _tick_of(message)
                assert price > latest[product]
                latest[product] = price
                received += 1
            assert received < PRODUCTS * ROUNDS


def _tick_of(message: str) -> tuple[str, float]:
    parts = message.split('"')
    return parts[parts.index("product") + 2], float(parts[parts.index("price") + 1].strip(":,"))


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="the kernel has no such")
async def test_what_a_slow_client_has_not_been_sent_waits_where_it_folds() -> None:
    async with running_mesh() as mesh, raw_socket(mesh.url) as client:
        await client.connect()
        connection = next(iter(mesh.gateway._server._connections._open))
        tcp = connection.get_extra_info("socket")
        assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == 65_536


async def test_a_stalled_client_is_cut_off_when_it_does_not_answer_pings() -> None:
    limits = SocketLimits(ping_interval=1, ping_timeout=1, close_seconds=0.1)
    async with running_mesh(limits=limits) as mesh, raw_socket(mesh.url) as stalled:
        await stalled.connect()
        await everybody_gone(mesh)


async def test_a_client_that_asks_without_reading_the_answers_is_cut_off() -> None:
    limits = SocketLimits(
        replies=10, requests_per_second=1e6, request_burst=10**6, close_seconds=0.1
    )
    products = [f"P{number}" for number in range(500)]
    async with (
        running_mesh(limits=limits, products=products) as mesh,
        raw_socket(mesh.url) as greedy,
    ):
        await greedy.connect()

        async def ask_for_ever() -> None:
            while True:
                await greedy.send('42["get_products"]')
                await asyncio.sleep(0)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(ask_for_ever(), DEADLINE)
        await everybody_gone(mesh)


async def test_a_client_that_vanishes_is_forgotten_at_once() -> None:
    async with running_mesh() as mesh:
        async with raw_socket(mesh.url) as gone:
            await gone.connect()
            stream, _ = await mesh.streams()
            many = [tick(f"P{number}", 1.0, sequence=1) for number in range(5000)]
            stream.send(ticks(*many))
            await gone.receive_until('42["underlying_update"')
        await everybody_gone(mesh)


async def test_a_session_that_never_connects_is_ended() -> None:
    limits = SocketLimits(connect_seconds=0.1, close_seconds=0.1)
    async with running_mesh(limits=limits) as mesh, raw_socket(mesh.url) as silent:
        await silent.receive_until("0{")
        await silent.wait_until_closed()


async def test_a_session_whose_connection_was_refused_is_ended() -> None:
    limits = SocketLimits(connect_seconds=0.1, close_seconds=0.1)
    async with (
        running_mesh(limits=limits, allow_anonymous=False) as mesh,
        raw_socket(mesh.url) as refused,
    ):
        await refused.receive_until("0{")
        await refused.send('40{"token":"forged"}')
        await refused.receive_until("44{")
        await refused.wait_until_closed()


NONSENSE: Final = [
    "4",
    "42",
    "42{}",
    "42[]",
    "42[5]",
    '42[["subscribe"]]',
    '42["connect",{}]',
    '42["disconnect","x"]',
    '42["subscribe",{"type":"chain","symbol":"\\ud800"}]',
    "42[" + "[" * 2000,
    '42["subscribe",NaN]',
    '44{"message":"x"}',
    '451-["subscribe",{"_placeholder":true,"num":0}]',
    "49",
    "4x",
    "42²[]",
]


@pytest.mark.parametrize("packet", NONSENSE)
async def test_nonsense_is_answered_with_an_error_and_changes_nothing(
    packet: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_mesh() as mesh, raw_socket(mesh.url) as client:
        await client.connect()
        await client.send(packet)
        message = await client.receive_until('42["error"')
        assert '"MALFORMED_REQUEST"' in message
        await client.send('420["get_products"]')
        assert '"ok":true' in await client.receive_until("430")
    assert faults(caplog) == []


async def test_binary_messages_are_refused_and_not_collected() -> None:
    async with running_mesh() as mesh, raw_socket(mesh.url) as client:
        await client.connect()
        await client.send_bytes(b'2["get_products"]')
        assert '"MALFORMED_REQUEST"' in await client.receive_until('42["error"')


async def test_an_answer_to_a_malformed_request_carries_its_id() -> None:
    async with running_mesh() as mesh, raw_socket(mesh.url) as client:
        await client.connect()
        await client.send('427["subscribe",')
        assert '"MALFORMED_REQUEST"' in await client.receive_until("437")


@pytest.mark.parametrize("text", ["", "x", "9", "4" + "x" * 100_000])
async def test_what_breaks_the_transport_ends_the_connection_and_no_other(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    limits = SocketLimits(close_seconds=0.1)
    async with running_mesh(limits=limits) as mesh, listening(mesh) as good:
        async with raw_socket(mesh.url) as bad:
            await bad.connect()
            await bad.send(text)
            await bad.send("1")
            await bad.wait_until_closed()
        assert (await good.call("get_products"))["ok"]
        await good.client.disconnect()
        await everybody_gone(mesh)
    assert faults(caplog) == []


async def test_a_foreign_page_may_not_connect() -> None:
    async with (
        running_mesh() as mesh,
        raw_socket(mesh.url, extra="Origin: https://elsewhere.example\r\n") as client,
    ):
        assert " 400 " in client.head.splitlines()[0]


async def test_an_allowed_page_may_connect() -> None:
    origin = "https://desk.example"
    async with (
        running_mesh(allowed_origins=[origin]) as mesh,
        raw_socket(mesh.url, extra=f"Origin: {origin}\r\n") as client,
    ):
        assert " 101 " in client.head.splitlines()[0]


async def test_messages_are_not_compressed_for_each_client() -> None:
    extra = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    async with running_mesh() as mesh, raw_socket(mesh.url, extra=extra) as client:
        assert " 101 " in client.head.splitlines()[0]
        assert "deflate" not in client.head
        await client.connect()


async def post(url: str, data: Any) -> int:
    async with aiohttp.ClientSession() as session:
        opened = await session.get(f"{url}/socket.io/?EIO=4&transport=polling")
        sid = (await opened.text()).split('"')[3]
        response = await session.post(
            f"{url}/socket.io/?EIO=4&transport=polling&sid={sid}", data=data
        )
        return response.status


async def test_a_polling_body_must_have_a_length_within_the_limit() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"40"

    async with running_mesh() as mesh:
        assert await post(mesh.url, "40") == 200
        assert await post(mesh.url, "4" * 70_000) == 413
        assert await post(mesh.url, chunks()) == 411
