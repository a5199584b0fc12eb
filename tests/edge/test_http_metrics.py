"""What the edge measures of requests: by route and never by what a client made up."""

from typing import Final

import pytest
from tests.edge.sockets_mesh import listening, running_mesh, tick, ticks
from tests.edge.whole_edge import LOGIN, PRODUCTS, SOMEBODY, limiter, whole_edge
from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured

from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.ledger import Ledger
from deltastream.edge.sockets.mailbox import Mailbox
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.subjects import SubjectKind
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

CANARY: Final = "canary4d1"
CHAIN: Final = "/api/data/chain/{product}"


def requests(route: str, status: int, method: str = "GET") -> float:
    return measured(names.HTTP_REQUESTS, route=route, method=method, status=str(status))


async def test_a_request_is_counted_by_its_template_and_timed() -> None:
    before = requests(CHAIN, 200)
    timed = measured(names.HTTP_DURATION, "_count", route=CHAIN, method="GET")
    async with whole_edge() as client:
        for product in ("NIFTY", "SPY"):
            async with client.get(f"/api/data/chain/{product}?page_size=1") as response:
                assert response.status == 200
    assert requests(CHAIN, 200) == before + 2
    assert measured(names.HTTP_DURATION, "_count", route=CHAIN, method="GET") == timed + 2


async def test_what_is_nowhere_is_counted_together() -> None:
    before = requests("unmatched", 404)
    async with whole_edge() as client:
        for path in (f"/{CANARY}", f"/api/{CANARY}"):
            async with client.get(path) as response:
                assert response.status == 404
    assert requests("unmatched", 404) == before + 2


@pytest.mark.parametrize(
    "path", [f"/{CANARY}", f"{PRODUCTS}?{CANARY}=1", "/api/data/chain/NIFTY?page_size=x"]
)
async def test_a_refused_request_is_counted_with_the_reason_that_its_client_is_told(
    path: str,
) -> None:
    async with whole_edge() as client, client.get(path) as response:
        reason = (await response.json())["details"][0]["reason"]
        before = measured(names.HTTP_REFUSED, reason=reason)
        async with client.get(path):
            pass
    assert measured(names.HTTP_REFUSED, reason=reason) == before + 1


async def test_who_asks_too_often_is_counted_as_refused_and_by_the_route_that_was_asked_for() -> (
    None
):
    before = measured(names.HTTP_REFUSED, reason="RATE_LIMITED")
    answered = requests(PRODUCTS, 429)
    async with whole_edge(limiter=limiter(client=1)) as client:
        for _ in range(3):
            async with client.get(PRODUCTS):
                pass
    assert measured(names.HTTP_REFUSED, reason="RATE_LIMITED") == before + 2
    assert requests(PRODUCTS, 429) == answered + 2


async def test_what_is_too_much_at_once_is_counted_as_overload() -> None:
    before = measured(names.HTTP_REFUSED, reason="OVERLOADED")
    nothing = Concurrency(calls=Limit(0, of="calls"), streams=Limit(0, of="streams"))
    async with whole_edge(concurrency=nothing) as client, client.get(PRODUCTS) as response:
        assert response.status == 429
    assert measured(names.HTTP_REFUSED, reason="OVERLOADED") == before + 1


async def test_a_method_that_is_no_usual_one_is_another() -> None:
    async with whole_edge() as client:
        async with client.request("PROPFIND", PRODUCTS) as response:
            assert response.status == 405
        async with client.post(LOGIN, json=SOMEBODY) as response:
            assert response.status < 500
    assert requests("unmatched", 405, method="_OTHER") > 0
    assert requests(LOGIN, response.status, method="POST") > 0


async def test_nothing_that_a_client_sends_gets_into_a_label() -> None:
    async with whole_edge() as client:
        headers = {"Authorization": f"Bearer {CANARY}", "X-Request-Id": CANARY, "Host": CANARY}
        for path in (f"/{CANARY}", f"/api/data/chain/{CANARY}?{CANARY}={CANARY}"):
            async with client.get(path, headers=headers):
                pass
        async with client.post(LOGIN, json={"email": CANARY, "password": CANARY}):
            pass
    labels = [
        str(sample.labels)
        for family in PROCESS.registry.collect()
        if family.name.startswith("deltastream_")
        for sample in family.samples
    ]
    assert not [text for text in labels if CANARY in text.lower() or "127.0.0.1" in text]


async def test_sockets_are_counted_while_they_are_connected_with_what_they_are_sent() -> None:
    async def connected() -> float:
        return measured(names.SOCKETS_CONNECTED)

    greeted = measured(names.SOCKET_EVENTS_SENT, event="connected")
    sent = measured(names.SOCKET_EVENTS_SENT, event="underlying_update")
    async with running_mesh() as mesh:
        async with listening(mesh) as one, listening(mesh) as other:
            assert await connected() == 2
            stream, _ = await mesh.streams()
            stream.send(ticks(tick("NIFTY", 24500.5, sequence=1)))
            for client in (one, other):
                await client.next_of("underlying_update")
        await eventually(connected, lambda count: count == 0)
    assert measured(names.SOCKET_EVENTS_SENT, event="connected") == greeted + 2
    assert measured(names.SOCKET_EVENTS_SENT, event="underlying_update") == sent + 2


async def test_an_update_that_is_replaced_while_it_waits_is_counted_as_conflated() -> None:
    event = "underlying_update"
    sent = measured(names.SOCKET_EVENTS_SENT, event=event)
    conflated = measured(names.SOCKET_EVENTS_CONFLATED, event=event)
    rooms: Rooms[ClientMailbox] = Rooms()
    mailbox: ClientMailbox = Mailbox(reply_limit=8, batch_limit=16)
    rooms.enter_general(mailbox)
    ledger = Ledger(first_seq=1, kept=dict.fromkeys(SubjectKind, 8))
    broadcast = Broadcast(ledger=ledger, rooms=rooms)
    await broadcast.ticks(tick("NIFTY", float(number), sequence=number) for number in range(1, 4))
    assert measured(names.SOCKET_EVENTS_SENT, event=event) == sent + 3
    assert measured(names.SOCKET_EVENTS_CONFLATED, event=event) == conflated + 2
    assert len(mailbox) == 1
