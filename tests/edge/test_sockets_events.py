"""What clients receive: the events, their fields, and each of them once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import grpc
import pytest
import socketio
from google.protobuf.json_format import MessageToDict
from tests.edge.sockets_mesh import (
    DEADLINE,
    chain,
    chains,
    listening,
    running_mesh,
    tick,
    ticks,
)
from tests.fixtures.eventually import eventually

from deltastream.market.v1.chain_pb2 import EnrichedChain

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "polling"])


@TRANSPORTS
async def test_a_tick_reaches_every_client_as_underlying_update(transport: str) -> None:
    async with running_mesh() as mesh, listening(mesh, transport=transport) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 24500.5, sequence=1)))
        update = await client.next_of("underlying_update")
        assert isinstance(update.pop("seq"), int)
        assert update == {
            "product": "NIFTY",
            "price": 24500.5,
            "timestamp": "2026-01-27T10:00:01Z",
        }


@TRANSPORTS
async def test_a_chain_reaches_every_client_as_chain_summary(transport: str) -> None:
    async with running_mesh() as mesh, listening(mesh, transport=transport) as client:
        _, stream = await mesh.streams()
        stream.send(chains(chain("NIFTY", sequence=2)))
        summary = await client.next_of("chain_summary")
        assert isinstance(summary.pop("seq"), int)
        assert summary == {
            "product": "NIFTY",
            "expiry": "2026-01-29",
            "spot_price": 24500.5,
            "pcr_oi": 1.25,
            "atm_straddle_price": 310.25,
            "max_pain_strike": 24400.0,
            "timestamp": "2026-01-27T10:00:02Z",
        }


async def test_a_figure_that_could_not_be_computed_is_absent() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        _, stream = await mesh.streams()
        bare = EnrichedChain(product="NIFTY", expiry="2026-01-29", sequence=1)
        stream.send(chains(bare))
        summary = await client.next_of("chain_summary")
        assert summary.keys() == {"product", "expiry", "timestamp", "seq"}


@TRANSPORTS
async def test_the_whole_chain_goes_to_the_room_of_the_chain_only(transport: str) -> None:
    sent = chain("NIFTY", sequence=1)
    async with (
        running_mesh() as mesh,
        listening(mesh, transport=transport) as member,
        listening(mesh, transport=transport) as other,
    ):
        _, stream = await mesh.streams()
        await member.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await member.next_of("subscribed")
        stream.send(chains(sent))

        await member.next_of("chain_summary")
        update = await member.next_of("chain_update")
        assert isinstance(update.pop("seq"), int)
        assert update == MessageToDict(
            sent, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        await member.silence()
        await other.next_of("chain_summary")
        await other.silence()


async def test_the_room_of_a_chain_carries_all_its_expiries_and_no_other_product() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        _, stream = await mesh.streams()
        await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        stream.send(
            chains(
                chain("NIFTY", "2026-01-29", sequence=1),
                chain("BANKNIFTY", "2026-01-29", sequence=1),
                chain("NIFTY", "2026-02-05", sequence=2),
            )
        )
        await client.next_of("subscribed")
        events = [await client.next() for _ in range(5)]
        await client.silence()
        whole = [payload for event, payload in events if event == "chain_update"]
        assert [(update["product"], update["expiry"]) for update in whole] == [
            ("NIFTY", "2026-01-29"),
            ("NIFTY", "2026-02-05"),
        ]
        assert sum(event == "chain_summary" for event, _ in events) == 3


async def test_an_update_comes_once_to_a_client_in_two_rooms_that_carry_it() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        ticking, chaining = await mesh.streams()
        await client.call("subscribe", {"type": "product", "symbol": "NIFTY"})
        await client.next_of("subscribed")
        ticking.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")
        chaining.send(chains(chain("NIFTY", sequence=2)))
        await client.next_of("chain_summary")
        await client.silence()


async def test_seq_grows_by_one_from_update_to_update_of_a_subject() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        seqs: dict[str, list[int]] = {"NIFTY": [], "BANKNIFTY": []}
        for sequence in range(1, 4):
            for product, seen in seqs.items():
                stream.send(ticks(tick(product, float(sequence), sequence=sequence)))
                seen.append((await client.next_of("underlying_update"))["seq"])
        for seen in seqs.values():
            assert seen == [seen[0], seen[0] + 1, seen[0] + 2]


async def test_a_snapshot_of_what_is_known_is_not_passed_on() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=7)))
        first = await client.next_of("underlying_update")
        stream.fail(grpc.StatusCode.UNAVAILABLE)
        again = await mesh.ticking()
        again.send(ticks(tick("NIFTY", 1.0, sequence=7), snapshot=True))
        again.send(ticks(tick("NIFTY", 2.0, sequence=8)))
        second = await client.next_of("underlying_update")
        assert (second["price"], second["seq"]) == (2.0, first["seq"] + 1)


async def test_an_event_that_cannot_be_encoded_stops_nothing_else() -> None:
    broken = tick("NIFTY", 1.0, sequence=1)
    broken.timestamp.nanos = -1
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(broken, tick("BANKNIFTY", 2.0, sequence=1)))
        assert (await client.next_of("underlying_update"))["product"] == "BANKNIFTY"
        assert (await client.call("subscribe", {"type": "product", "symbol": "NIFTY"}))["ok"]


async def test_products_are_those_stored_and_those_streamed() -> None:
    async with running_mesh(products=["NIFTY"]) as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("SENSEX", 1.0, sequence=1)))
        await client.next_of("underlying_update")
        ack = await client.call("get_products")
        assert ack == {"ok": True, "products": ["NIFTY", "SENSEX"]}
        assert await client.next_of("products") == {"products": ["NIFTY", "SENSEX"]}


async def test_connected_names_the_room_that_a_client_is_in() -> None:
    async with running_mesh() as mesh:
        client: Any = socketio.AsyncSimpleClient()
        await client.connect(mesh.url, transports=["websocket"], wait_timeout=DEADLINE)
        assert await client.receive(timeout=DEADLINE) == [
            "connected",
            {"message": "connected to DeltaStream", "rooms": ["general"]},
        ]
        await client.disconnect()


async def test_a_client_that_upgrades_from_polling_receives_everything_in_order() -> None:
    async with running_mesh() as mesh, listening(mesh) as early:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await early.next_of("underlying_update")
        async with listening(mesh, transport="polling,websocket") as client:
            assert client.client.transport() == "websocket"
            assert (await client.next_of("underlying_update"))["price"] == 1.0
            stream.send(ticks(tick("NIFTY", 2.0, sequence=2)))
            assert (await client.next_of("underlying_update"))["price"] == 2.0


async def test_a_client_whose_upgrade_is_called_off_goes_on_receiving_by_polling() -> None:
    async with (
        running_mesh() as mesh,
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
        asyncio.timeout(DEADLINE),
    ):
        opened = await (await session.get("?EIO=4&transport=polling")).text()
        sid = opened.split('"')[3]
        polling = f"?EIO=4&transport=polling&sid={sid}"
        await session.post(polling, data="40")
        stream, _ = await mesh.streams()
        websocket = await session.ws_connect(f"?EIO=4&transport=websocket&sid={sid}")
        await websocket.send_str("2probe")
        assert await websocket.receive_str() == "3probe"
        await websocket.send_str("2once more")
        # It stays open, as its client does not hear that it is being closed.
        polled = asyncio.create_task(_polled_until(session, polling, "underlying_update"))
        mailbox = mesh.gateway._server._engine.mailbox_of(sid)
        await eventually(_value_of(mailbox._is_awaited), bool)
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        assert '"price":1.0' in await polled
        await websocket.close()


async def _polled_until(session: aiohttp.ClientSession, query: str, event: str) -> str:
    content = ""
    while event not in content:
        async with session.get(query) as response:
            content = await response.text()
    return content


def _value_of(read: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def value() -> bool:
        return read()

    return value
