"""Subscribing and unsubscribing: acks, snapshots to the joiner alone, resuming, refusals."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.edge.sockets_mesh import (
    DEADLINE,
    Listener,
    chain,
    chains,
    listening,
    running_mesh,
    tick,
    ticks,
)
from tests.fixtures.eventually import eventually

from deltastream.edge.sockets.limits import SocketLimits

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "polling"])


@TRANSPORTS
async def test_subscribing_is_acknowledged_and_announced(transport: str) -> None:
    async with running_mesh() as mesh, listening(mesh, transport=transport) as client:
        ack = await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        assert isinstance(ack.pop("seq"), int)
        assert ack == {"ok": True, "type": "chain", "symbol": "NIFTY", "resumed": False}
        assert await client.next_of("subscribed") == {"type": "chain", "symbol": "NIFTY"}


async def test_a_client_that_connects_is_given_the_latest_of_all_products() -> None:
    async with running_mesh() as mesh, listening(mesh) as early:
        ticking, chaining = await mesh.streams()
        ticking.send(ticks(tick("NIFTY", 1.0, sequence=1), tick("NIFTY", 2.0, sequence=2)))
        ticking.send(ticks(tick("BANKNIFTY", 5.0, sequence=1)))
        for _ in range(3):
            await early.next_of("underlying_update")
        chaining.send(chains(chain("NIFTY", sequence=3)))
        await early.next_of("chain_summary")

        async with listening(mesh) as late:
            given = [await late.next() for _ in range(3)]
            await late.silence()
        await early.silence()
    assert [(event, payload["product"], payload.get("price")) for event, payload in given] == [
        ("underlying_update", "NIFTY", 2.0),
        ("chain_summary", "NIFTY", None),
        ("underlying_update", "BANKNIFTY", 5.0),
    ]


async def test_a_polling_client_is_given_no_more_at_once_than_it_takes() -> None:
    products = [f"P{number}" for number in range(50)]
    async with running_mesh() as mesh, listening(mesh) as early:
        stream, _ = await mesh.streams()
        stream.send(ticks(*(tick(product, 1.0, sequence=1) for product in products)))
        for _ in products:
            await early.next_of("underlying_update")
        async with listening(mesh, transport="polling") as late:
            given = [(await late.next_of("underlying_update"))["product"] for _ in products]
    assert given == products


async def test_the_joiner_of_a_chain_alone_is_given_its_latest_expiries() -> None:
    async with running_mesh() as mesh, listening(mesh) as member, listening(mesh) as joiner:
        _, stream = await mesh.streams()
        await member.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await member.next_of("subscribed")
        stream.send(chains(chain("NIFTY", "2026-01-29", sequence=1)))
        stream.send(chains(chain("NIFTY", "2026-02-05", sequence=2)))
        sent = [await member.next() for _ in range(4)]
        seqs = [payload["seq"] for event, payload in sent if event == "chain_update"]

        ack = await joiner.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await joiner.until("subscribed")
        given = [await joiner.next_of("chain_update") for _ in range(2)]
        assert [g["expiry"] for g in given] == ["2026-01-29", "2026-02-05"]
        assert [g["seq"] for g in given] == seqs
        assert ack["seq"] == seqs[-1]
        await joiner.silence()
        await member.silence()


async def test_the_joiner_of_a_product_alone_is_given_its_price_and_summaries() -> None:
    async with running_mesh() as mesh, listening(mesh) as other, listening(mesh) as joiner:
        ticking, chaining = await mesh.streams()
        ticking.send(ticks(tick("NIFTY", 1.0, sequence=1), tick("BANKNIFTY", 1.0, sequence=1)))
        chaining.send(chains(chain("NIFTY", sequence=2)))
        for client in (other, joiner):
            for _ in range(3):
                await client.next()
        await joiner.call("subscribe", {"type": "product", "symbol": "NIFTY"})
        await joiner.next_of("subscribed")
        given = [await joiner.next() for _ in range(2)]
        assert {event for event, _ in given} == {"underlying_update", "chain_summary"}
        assert {payload["product"] for _, payload in given} == {"NIFTY"}
        await joiner.silence()
        await other.silence()


async def test_an_expiry_that_is_past_is_not_part_of_the_latest() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        _, stream = await mesh.streams()
        old = chain("NIFTY", "2026-01-15", sequence=1)
        old.timestamp.FromJsonString("2026-01-15T09:00:00Z")
        stream.send(chains(old, chain("NIFTY", "2026-01-29", sequence=2)))
        for _ in range(2):
            await client.next_of("chain_summary")
        await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await client.next_of("subscribed")
        assert (await client.next_of("chain_update"))["expiry"] == "2026-01-29"
        await client.silence()


async def test_after_unsubscribing_nothing_of_the_room_comes() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        _, stream = await mesh.streams()
        await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await client.next_of("subscribed")
        stream.send(chains(chain("NIFTY", sequence=1)))
        received = {(await client.next())[0] for _ in range(2)}
        assert received == {"chain_summary", "chain_update"}

        ack = await client.call("unsubscribe", {"type": "chain", "symbol": "NIFTY"})
        assert ack == {"ok": True, "type": "chain", "symbol": "NIFTY"}
        assert await client.next_of("unsubscribed") == {"type": "chain", "symbol": "NIFTY"}
        stream.send(chains(chain("NIFTY", sequence=2)))
        await client.next_of("chain_summary")
        await client.silence()


async def test_unsubscribing_from_what_was_not_subscribed_changes_nothing() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        ack = await client.call("unsubscribe", {"type": "product", "symbol": "NIFTY"})
        assert ack["ok"]
        assert await client.next_of("unsubscribed") == {"type": "product", "symbol": "NIFTY"}


async def missed_chains(client: Listener, stream: Any, count: int) -> list[int]:
    """Send chains while the client is in the room, and return their seqs."""
    seqs = []
    for sequence in range(1, count + 1):
        stream.send(chains(chain("NIFTY", sequence=sequence)))
        received = dict([await client.next() for _ in range(2)])
        seqs.append(received["chain_update"]["seq"])
    return seqs


async def test_resume_fills_the_gap_with_every_update_missed() -> None:
    async with running_mesh() as mesh, listening(mesh) as member:
        _, stream = await mesh.streams()
        await member.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await member.next_of("subscribed")
        seqs = await missed_chains(member, stream, 4)
        async with listening(mesh) as back:
            await back.next_of("chain_summary")
            wanted = {"type": "chain", "symbol": "NIFTY", "resume": seqs[1]}
            ack = await back.call("subscribe", wanted)
            assert (ack["resumed"], ack["seq"]) == (True, seqs[3])
            await back.next_of("subscribed")
            assert [(await back.next_of("chain_update"))["seq"] for _ in range(2)] == seqs[2:]
            await back.silence()


async def test_resume_without_a_gap_sends_nothing() -> None:
    async with running_mesh() as mesh, listening(mesh) as member:
        _, stream = await mesh.streams()
        await member.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await member.next_of("subscribed")
        seqs = await missed_chains(member, stream, 2)
        wanted = {"type": "chain", "symbol": "NIFTY", "resume": seqs[-1]}
        assert (await member.call("subscribe", wanted))["resumed"] is True
        await member.next_of("subscribed")
        await member.silence()


@pytest.mark.parametrize("beyond", [-1000, 1000, None])
async def test_resume_from_what_is_not_at_hand_gives_the_latest(beyond: int | None) -> None:
    limits = SocketLimits(recent_chains=2)
    async with running_mesh(limits=limits) as mesh, listening(mesh) as member:
        _, stream = await mesh.streams()
        await member.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await member.next_of("subscribed")
        seqs = await missed_chains(member, stream, 4)
        resume = seqs[0] if beyond is None else seqs[-1] + beyond
        wanted = {"type": "chain", "symbol": "NIFTY", "resume": resume}
        assert (await member.call("subscribe", wanted))["resumed"] is False
        await member.next_of("subscribed")
        assert (await member.next_of("chain_update"))["seq"] == seqs[-1]
        await member.silence()


async def test_a_seq_of_an_earlier_run_of_the_edge_is_too_old_to_resume_from() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")
        ack = await client.call("subscribe", {"type": "product", "symbol": "NIFTY", "resume": 0})
        assert ack["resumed"] is False


REFUSED: list[tuple[str, tuple[Any, ...], str, str]] = [
    ("subscribe", (), "MALFORMED_REQUEST", "one object"),
    ("subscribe", ("NIFTY",), "MALFORMED_REQUEST", "one object"),
    ("subscribe", ({}, {}), "MALFORMED_REQUEST", "one object"),
    ("subscribe", ({"symbol": "NIFTY"},), "VALIDATION_FAILED", "type must be"),
    ("subscribe", ({"type": "expiry", "symbol": "NIFTY"},), "VALIDATION_FAILED", "'expiry'"),
    ("subscribe", ({"type": ["chain"], "symbol": "NIFTY"},), "VALIDATION_FAILED", "type must"),
    ("subscribe", ({"type": "chain"},), "VALIDATION_FAILED", "symbol must be"),
    ("subscribe", ({"type": "chain", "symbol": "nifty"},), "VALIDATION_FAILED", "'nifty'"),
    ("subscribe", ({"type": "chain", "symbol": "N" * 33},), "VALIDATION_FAILED", "symbol must"),
    ("subscribe", ({"type": "chain", "symbol": "NIFTY\n"},), "VALIDATION_FAILED", "symbol must"),
    (
        "subscribe",
        ({"type": "chain", "symbol": "NIFTI"},),
        "PRODUCT_NOT_FOUND",
        "product NIFTI is not known; known are: BANKNIFTY, NIFTY",
    ),
    (
        "subscribe",
        ({"type": "chain", "symbol": "NIFTY", "resum": 1},),
        "UNKNOWN_FIELD",
        "'resum'",
    ),
    (
        "subscribe",
        ({"type": "chain", "symbol": "NIFTY", "resume": -1},),
        "VALIDATION_FAILED",
        "resume must be",
    ),
    (
        "subscribe",
        ({"type": "chain", "symbol": "NIFTY", "resume": True},),
        "VALIDATION_FAILED",
        "resume must be",
    ),
    ("subscribe", ({"type": "chain", "symbol": "N" * 5000},), "MESSAGE_TOO_LARGE", "4096"),
    ("unsubscribe", ({"type": "chain", "symbol": "NIFTI"},), "PRODUCT_NOT_FOUND", "NIFTI"),
    ("unsubscribe", (None,), "MALFORMED_REQUEST", "one object"),
    ("get_products", ("all",), "MALFORMED_REQUEST", "no parameters"),
    ("join", ({"room": "chain:NIFTY"},), "ROUTE_NOT_FOUND", "subscribe"),
]


@pytest.mark.parametrize(("event", "arguments", "reason", "message"), REFUSED)
async def test_a_bad_request_is_refused_in_ack_and_error_and_changes_nothing(
    event: str, arguments: tuple[Any, ...], reason: str, message: str
) -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        _, stream = await mesh.streams()
        ack = await client.call(event, arguments)
        assert ack["ok"] is False
        assert ack["error"]["reason"] == reason
        assert message in ack["error"]["message"]
        assert await client.next_of("error") == ack["error"]
        stream.send(chains(chain("NIFTY", sequence=1)))
        await client.next_of("chain_summary")
        await client.silence()


async def test_when_storage_is_away_an_unseen_product_is_not_called_unknown() -> None:
    async with running_mesh(products=None) as mesh, listening(mesh) as client:
        ack = await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        assert ack["error"]["reason"] == "DEPENDENCY_UNAVAILABLE"
        await client.next_of("error")
        ack = await client.call("get_products")
        assert ack["error"]["reason"] == "DEPENDENCY_UNAVAILABLE"


async def test_storage_that_hangs_is_asked_once_for_all_who_ask_at_the_same_time() -> None:
    now = 100.0
    async with AsyncExitStack() as stack:
        mesh = await stack.enter_async_context(running_mesh(monotonic=lambda: now))
        clients = [await stack.enter_async_context(listening(mesh)) for _ in range(5)]
        mesh.storage.answers.clear()
        async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
            requests = [group.create_task(client.call("get_products")) for client in clients]

            async def asked() -> int:
                return mesh.storage.asked

            await eventually(asked, lambda times: times > 0)
            now += 2.0  # what the gateway gives storage to answer
        refused = [request.result()["error"]["reason"] for request in requests]
        assert refused == ["DEPENDENCY_UNAVAILABLE"] * len(clients)
        assert mesh.storage.asked == 1


async def test_before_the_first_event_no_product_is_called_unknown() -> None:
    async with running_mesh(products=[]) as mesh, listening(mesh) as client:
        ack = await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        assert ack["error"]["reason"] == "DEPENDENCY_UNAVAILABLE"
        assert "has sent nothing yet" in ack["error"]["message"]
        await client.next_of("error")
        assert (await client.call("get_products"))["products"] == []


async def test_when_storage_is_away_a_streamed_product_can_be_subscribed_to() -> None:
    async with running_mesh(products=None) as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")
        assert (await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"}))["ok"]


async def test_subscriptions_of_one_client_are_limited() -> None:
    limits = SocketLimits(rooms=2)
    async with running_mesh(limits=limits) as mesh, listening(mesh) as client:
        for symbol in ("NIFTY", "BANKNIFTY", "NIFTY"):
            assert (await client.call("subscribe", {"type": "chain", "symbol": symbol}))["ok"]
        third = {"type": "product", "symbol": "NIFTY"}
        ack = await client.call("subscribe", third)
        assert ack["error"]["reason"] == "VALIDATION_FAILED"
        assert "2 subscriptions" in ack["error"]["message"]
        await client.call("unsubscribe", {"type": "chain", "symbol": "NIFTY"})
        assert (await client.call("subscribe", third))["ok"]


async def test_requests_of_one_client_are_limited_by_rate() -> None:
    now = 100.0
    limits = SocketLimits(request_burst=3, requests_per_second=2.0)
    async with (
        running_mesh(limits=limits, monotonic=lambda: now) as mesh,
        listening(mesh) as client,
        listening(mesh) as other,
    ):
        for _ in range(3):
            assert (await client.call("get_products"))["ok"]
            await client.next_of("products")
        ack = await client.call("get_products")
        assert ack["error"]["reason"] == "RATE_LIMITED"
        assert await client.next_of("error") == ack["error"]
        assert (await other.call("get_products"))["ok"]
        now += 0.5
        assert (await client.call("get_products"))["ok"]
        assert not (await client.call("get_products"))["ok"]
