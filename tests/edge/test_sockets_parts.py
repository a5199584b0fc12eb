"""The gateway's smaller parts, where a rule is easier to see than from outside."""

import asyncio
import socket

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from deltastream.edge.sockets.audience import Audience
from deltastream.edge.sockets.connections import Connections
from deltastream.edge.sockets.frames import Frame, frame_of
from deltastream.edge.sockets.ledger import Ledger, Update
from deltastream.edge.sockets.limits import TokenBucket
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.subjects import Subject, SubjectKind, UpdateKey

NIFTY = Subject(SubjectKind.PRODUCT, "NIFTY")
NIFTY_CHAIN = Subject(SubjectKind.CHAIN, "NIFTY")
TICK = UpdateKey("underlying_update")


def test_a_frame_is_encoded_once_and_only_when_it_is_wanted() -> None:
    encoded = 0

    def payload() -> dict[str, object]:
        nonlocal encoded
        encoded += 1
        return {"price": 1.5}

    frame = Frame("underlying_update", payload)
    assert encoded == 0
    assert frame.encode() == '42["underlying_update",{"price":1.5}]'
    assert frame.encode(b64=True) == frame.encode()
    assert frame.message() is frame.message()
    assert encoded == 1


@pytest.mark.parametrize("size", [10, 125, 126, 65_535, 65_536, 100_000])
async def test_a_frame_is_a_websocket_message_of_any_size(size: int) -> None:
    frame = frame_of("e", "x" * (size - len('42["e",""]')))

    async def handle(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        assert request.transport is not None
        request.transport.write(frame.message())
        await websocket.receive()
        return websocket

    app = web.Application()
    app.router.add_get("/", handle)
    async with TestClient(TestServer(app)) as client, client.ws_connect("/") as websocket:
        text = await websocket.receive_str(timeout=5)
    assert text == frame.encode()
    assert len(text) == size


def test_rooms_give_each_recipient_once_by_what_the_subject_is() -> None:
    rooms: Rooms[str] = Rooms()
    rooms.enter_general("ada")
    rooms.enter_general("bob")
    rooms.enter(NIFTY, "ada")
    rooms.enter(NIFTY_CHAIN, "ada")
    assert sorted(rooms.recipients(NIFTY)) == ["ada", "bob"]
    assert sorted(rooms.recipients(NIFTY_CHAIN)) == ["ada"]
    rooms.leave(NIFTY_CHAIN, "ada")
    rooms.leave_general("bob")
    assert sorted(rooms.recipients(NIFTY)) == ["ada"]
    assert sorted(rooms.recipients(NIFTY_CHAIN)) == []


def ledger(*, kept: int = 3) -> Ledger:
    return Ledger(first_seq=100, kept=dict.fromkeys(SubjectKind, kept))


def record(into: Ledger, sequence: int, key: UpdateKey = TICK) -> Update | None:
    return into.record(NIFTY, key, sequence=sequence, payload=lambda seq: {"seq": seq})


def test_a_ledger_numbers_updates_and_keeps_the_latest_of_each_key() -> None:
    book = ledger()
    summary = UpdateKey("chain_summary", "2026-01-29")
    assert book.seq(NIFTY) == 100
    for sequence, key in ((5, TICK), (6, summary), (7, TICK)):
        assert record(book, sequence, key) is not None
    assert [(update.key, update.seq) for update in book.latest(NIFTY)] == [
        (summary, 102),
        (TICK, 103),
    ]
    assert book.latest(NIFTY)[0].frame.encode() == '42["chain_summary",{"seq":102}]'


@pytest.mark.parametrize("sequence", [4, 5])
def test_a_ledger_refuses_what_is_no_newer_than_the_latest(sequence: int) -> None:
    book = ledger()
    record(book, 5)
    assert record(book, sequence) is None
    assert book.seq(NIFTY) == 101


def test_a_ledger_knows_the_updates_since_a_seq_while_it_keeps_them() -> None:
    book = ledger(kept=3)
    for sequence in range(1, 6):
        record(book, sequence)

    def since(seq: int) -> list[int] | None:
        updates = book.since(NIFTY, seq)
        return None if updates is None else [update.seq for update in updates]

    assert since(101) is None
    assert since(102) == [103, 104, 105]
    assert since(105) == []
    assert since(106) is None


def test_a_ledger_that_forgets_skips_a_number_of_what_it_forgot_and_of_nothing_else() -> None:
    book = ledger()
    record(book, 1)
    book.record(NIFTY_CHAIN, UpdateKey("chain_update"), sequence=1, payload=lambda _: {})
    book.forget({"underlying_update"})
    assert book.latest(NIFTY) == []
    assert book.since(NIFTY, 101) is None
    assert len(book.latest(NIFTY_CHAIN)) == 1
    assert book.since(NIFTY_CHAIN, 100) is not None
    after = record(book, 1)
    assert after is not None
    assert after.seq == 103


def test_a_token_bucket_allows_a_burst_and_then_a_rate() -> None:
    now = 0.0
    bucket = TokenBucket(rate=2.0, burst=3, monotonic=lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 1000.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


async def test_connections_that_do_not_close_by_themselves_are_cut_at_the_end() -> None:
    lost = asyncio.Event()

    class Stubborn(asyncio.Protocol):
        def connection_lost(self, _: Exception | None) -> None:
            lost.set()

    connections = Connections(close_seconds=0.05, monotonic=lambda: 0.0)
    here, there = socket.socketpair()
    with there:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(Stubborn, sock=here)
        opened = asyncio.Event()

        async def serve() -> None:
            with connections.opened(transport):
                opened.set()
                await lost.wait()

        async with asyncio.timeout(5.0), asyncio.TaskGroup() as group:
            group.create_task(serve())
            await opened.wait()
            await connections.close()
            assert lost.is_set()


async def test_work_goes_on_over_an_absence_shorter_than_the_linger() -> None:
    audience, started = Audience(), asyncio.Semaphore(0)

    async def work() -> None:
        started.release()
        await asyncio.Event().wait()

    async with asyncio.timeout(5.0):
        entertaining = asyncio.create_task(audience.entertain(work, linger=0.05))
        audience.arrive()
        await started.acquire()
        audience.depart()
        audience.arrive()
        await audience.present()
        audience.depart()
        await audience.absent(0.05)
        audience.arrive()
        await started.acquire()
        entertaining.cancel()
        await asyncio.gather(entertaining, return_exceptions=True)
    assert started.locked()
