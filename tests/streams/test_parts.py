"""The parts of a stream, where the whole would hide them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from redis.asyncio import Redis
from tests.fixtures.eventually import eventually
from tests.streams.emptied_bus import EmptiedBus
from tests.streams.streamed import product, tick_payload

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import session_pb2, tick_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.streams.event import Piece, Update
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import tick_hub
from deltastream.runtime.streams.mailbox import Mailbox
from deltastream.runtime.streams.recent import Following, Recent
from deltastream.runtime.streams.resume import resume
from deltastream.runtime.streams.stream import SubscriberStream
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.token import Position, read_token, write_token
from deltastream.runtime.streams.writer import FrameWriter

SUBJECT = subject_of(SubjectKind.ENRICHED_TICKS, "NIFTY")
SECONDS = 10.0
PLENTY = 1 << 30


@pytest.fixture
async def bus() -> AsyncIterator[EmptiedBus]:
    opened = EmptiedBus()
    await Catalog(opened).announce([product("NIFTY")], sequence=1)
    yield opened
    await opened.close()


async def publish(bus: Bus, numbers: Sequence[int]) -> None:
    await bus.publish(
        [
            Entry(subject=SUBJECT, sequence=number, payload=tick_payload("NIFTY", number))
            for number in numbers
        ]
    )


def hub_of(bus: Bus) -> StreamHub:
    return tick_hub(bus, Catalog(bus), SubjectKind.ENRICHED_TICKS)


async def followed(hub: StreamHub, sequence: int) -> None:
    async def position() -> int:
        return hub.log.positions.get("NIFTY", 0)

    await eventually(position, lambda at: at == sequence)


def stream_of(
    hub: StreamHub,
    *,
    products: frozenset[str] | None = frozenset({"NIFTY"}),
    lossless: bool = False,
    token: str = "",
    heartbeat: float = 5.0,
    session: MarketSession = MarketSession.OPEN,
) -> SubscriberStream:
    return SubscriberStream(
        hub=hub,
        wants=Subscription(
            products=products, resume_token=token, lossless=lossless, heartbeat=heartbeat
        ),
        writer=FrameWriter(pb.StreamTicksResponse, epoch=hub.log.epoch),
        session=lambda asked: session if asked == products else MarketSession.UNKNOWN,
        chance=lambda: 0.5,
    )


def update(key: str, sequence: int, *, of: str = "NIFTY", count: int = 1, facet: int = 0) -> Update:
    return Update(
        product=of,
        key=key,
        state=key,
        sequence=sequence,
        at=sequence,
        facet=facet,
        count=count,
        encoded=b"12345678",
    )


def taken(mailbox: Mailbox, most_bytes: int = PLENTY) -> tuple[list[int], int]:
    updates, folded = mailbox.take(most_bytes)
    return [each.sequence for each in updates], folded


def test_a_mailbox_gives_the_newest_of_each_key_in_the_order_of_arrival() -> None:
    mailbox = Mailbox(None)
    mailbox.offer([update("a", 1), update("b", 2), update("a", 3)])
    assert taken(mailbox) == ([2, 3], 1)
    assert taken(mailbox) == ([], 0)


def test_a_mailbox_counts_every_event_that_an_update_stands_for() -> None:
    mailbox = Mailbox(None)
    mailbox.offer([update("a", 1, count=3)])
    mailbox.offer([update("a", 2, count=2)])
    assert taken(mailbox) == ([2], 4)


def test_a_mailbox_takes_only_what_is_accepted() -> None:
    mailbox = Mailbox(None, accepts=lambda facet: facet == 5)
    mailbox.offer([update("a", 1, facet=5), update("b", 2, facet=1), update("b", 3, facet=1)])
    assert taken(mailbox) == ([1], 0)


def test_a_mailbox_is_bounded_however_many_keys_there_are() -> None:
    mailbox = Mailbox(None, most=3)
    mailbox.offer([update(f"key {number}", number) for number in range(1, 6)])
    assert taken(mailbox) == ([3, 4, 5], 2)


def test_a_mailbox_takes_only_its_products() -> None:
    mailbox = Mailbox({"SPY"})
    mailbox.offer([update("a", 1)])
    assert taken(mailbox) == ([], 0)


def test_what_is_left_in_a_mailbox_can_still_be_replaced_and_no_entry_is_split() -> None:
    mailbox = Mailbox(None)
    mailbox.offer([update("a", 1), update("b", 1), update("c", 2), update("d", 3)])
    assert taken(mailbox, most_bytes=12) == ([1, 1], 0)
    mailbox.offer([update("c", 4)])
    assert taken(mailbox, most_bytes=16) == ([3, 4], 1)


def test_what_a_snapshot_shows_is_taken_out_of_a_mailbox() -> None:
    mailbox = Mailbox(None)
    mailbox.offer([update("a", 1), update("a", 2), update("s", 3, of="SPY"), update("a", 4)])
    mailbox.discard({"NIFTY"})
    assert taken(mailbox) == ([3], 0)


async def test_what_a_snapshot_shows_is_not_all_that_a_mailbox_rings_for() -> None:
    mailbox = Mailbox(None)
    mailbox.offer([update("a", 1)])
    # For the end of the stream, say.
    mailbox.ring()
    mailbox.discard({"NIFTY"})
    async with asyncio.timeout(SECONDS / 2):
        await mailbox.wait(SECONDS)


async def test_a_mailbox_rings_when_something_comes_and_not_before() -> None:
    mailbox = Mailbox(None)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await mailbox.wait(0.05)
    assert loop.time() - begun >= 0.04
    loop.call_soon(mailbox.offer, [update("a", 1)])
    async with asyncio.timeout(SECONDS / 2):
        await mailbox.wait(SECONDS)
        # It has not been looked into, and goes on ringing.
        await mailbox.wait(SECONDS)
    taken(mailbox)
    begun = loop.time()
    await mailbox.wait(0.05)
    assert loop.time() - begun >= 0.04


def test_what_is_recent_is_read_from_where_a_reader_stands_or_not_at_all() -> None:
    recent = Recent(most_bytes=20)
    pieces = [Piece(product="NIFTY", sequence=n, encoded=b"12345678") for n in range(1, 5)]
    for piece in pieces[:3]:
        recent.append(piece, after=piece.sequence - 1)
    at = recent.end - 1
    assert list(recent.since(at) or ()) == [Following(pieces[2], 2)]
    recent.append(pieces[3], after=3)
    assert list(recent.since(at) or ()) == [Following(pieces[2], 2), Following(pieces[3], 3)]
    assert recent.since(at - 1) is None
    few = Recent(most=1)
    for piece in pieces:
        few.append(piece, after=0)
    assert few.since(3) is not None
    assert few.since(2) is None
    assert list(recent.since(recent.end) or ()) == []


def test_what_is_recent_covers_who_stands_where_it_begins_or_further_on() -> None:
    recent = Recent(most=3)
    assert recent.begin == recent.end == 0
    for symbol, sequence, after in (
        ("SPY", 1, 0),
        ("NIFTY", 20, 10),
        ("SPY", 3, 1),
        ("SPY", 5, 3),
    ):
        recent.append(Piece(product=symbol, sequence=sequence, encoded=b"1"), after=after)
    assert (recent.begin, recent.end) == (1, 4)
    assert recent.covers({"NIFTY": 10, "SPY": 1})
    assert recent.covers({"NIFTY": 15})
    assert not recent.covers({"NIFTY": 9, "SPY": 1})
    assert not recent.covers({"NIFTY": 10, "SPY": 0})
    assert not recent.covers({"TSLA": 10})


async def test_resuming_reads_up_to_where_the_mailbox_takes_over(bus: EmptiedBus) -> None:
    hub = hub_of(bus)
    async with running(hub.run()):
        await hub.ready()
    # The event at the target itself is gone, as one that was taken out of the log.
    await publish(bus, [1, 2, 3, 5, 6])
    wants = Subscription(
        products=frozenset({"NIFTY"}),
        resume_token=write_token(Position(hub.log.epoch, {"NIFTY": 1})),
        lossless=False,
        heartbeat=5.0,
    )
    resumption = await resume(hub, hub.log, wants, {"NIFTY": 4}, history=None)
    assert [each.sequence for each in resumption.missed] == [3]
    assert resumption.folded == 1


@pytest.mark.parametrize("products", [frozenset({"NIFTY", "SPY"}), None], ids=["some", "all"])
async def test_a_heartbeat_has_the_session_of_the_subscribed_products(
    bus: EmptiedBus, products: frozenset[str] | None
) -> None:
    hub = hub_of(bus)
    async with running(hub.run()), asyncio.timeout(SECONDS):
        await hub.ready()
        stream = stream_of(hub, products=products, heartbeat=0.01, session=MarketSession.PRE_OPEN)
        async with aclosing(stream.frames()) as frames:
            async for encoded in frames:
                frame = pb.StreamTicksResponse.FromString(encoded)
                if frame.HasField("heartbeat"):
                    break
    assert frame.heartbeat.session == session_pb2.MARKET_SESSION_PRE_OPEN


@pytest.mark.parametrize("lossless", [False, True], ids=["conflated", "lossless"])
async def test_an_event_that_comes_while_a_reset_is_sent_arrives_once(
    bus: EmptiedBus, *, lossless: bool
) -> None:
    hub = hub_of(bus)
    async with running(hub.run()), asyncio.timeout(SECONDS):
        await publish(bus, [1])
        await followed(hub, 1)
        stream = stream_of(hub, lossless=lossless, token="no token")  # noqa: S106 - nor a password
        async with aclosing(stream.frames()) as encoded:
            frames = (pb.StreamTicksResponse.FromString(each) async for each in encoded)
            while (await anext(frames)).WhichOneof("frame") != "reset":
                pass
            # The subscriber is slow to take the reset, and the market goes on.
            await publish(bus, [2])
            await followed(hub, 2)
            received: list[int] = []
            while 3 not in received:
                frame = await anext(frames)
                received += [tick.sequence for tick in frame.batch.ticks]
                if frame.WhichOneof("frame") == "caught_up":
                    await publish(bus, [3])
    assert received == [2, 3]


async def test_an_entry_that_cannot_be_read_is_passed_over(bus: EmptiedBus) -> None:
    hub = hub_of(bus)
    async with running(hub.run()), asyncio.timeout(SECONDS):
        await hub.ready()
        async with aclosing(stream_of(hub, lossless=True).frames()) as encoded:
            frames = (pb.StreamTicksResponse.FromString(each) async for each in encoded)
            while (await anext(frames)).WhichOneof("frame") != "caught_up":
                pass
            await bus.publish([Entry(subject=SUBJECT, sequence=1, payload=b"\xff")])
            await publish(bus, [2])
            frame = await anext(frames)
    assert [tick.sequence for tick in frame.batch.ticks] == [2]


async def test_a_tick_batch_is_sent_whole_to_whoever_wants_every_event(bus: EmptiedBus) -> None:
    ticks = [tick_pb2.UnderlyingTick(product="NIFTY", sequence=n) for n in (1, 2, 3)]
    payload = tick_pb2.UnderlyingTickBatch(ticks=ticks).SerializeToString()
    reading = hub_of(bus).kind.read(Entry(subject=SUBJECT, sequence=3, payload=payload))
    assert reading is not None
    assert reading.piece.encoded is payload
    (newest,) = reading.updates
    assert newest.count == 3
    assert list(pb.TickBatch.FromString(newest.encoded).ticks) == ticks[2:]


async def test_a_redis_that_is_flushed_is_noticed(redis_url: str) -> None:
    bus = open_bus(redis_url)
    await Catalog(bus).announce([product("NIFTY")], sequence=1)
    hub = hub_of(bus)
    async with running(hub.run()), asyncio.timeout(SECONDS):
        await publish(bus, [7])
        await followed(hub, 7)
        before = hub.log.epoch
        async with aclosing(stream_of(hub).frames()) as encoded:
            frames = (pb.StreamTicksResponse.FromString(each) async for each in encoded)
            while (await anext(frames)).WhichOneof("frame") != "caught_up":
                pass
            async with Redis.from_url(redis_url) as client:
                await client.flushall()
            await publish(bus, [3])
            while not (frame := await anext(frames)).HasField("reset"):
                pass
            while 3 not in [tick.sequence for tick in frame.batch.ticks]:
                frame = await anext(frames)
    position = read_token(frame.resume_token)
    assert position == Position(hub.log.epoch, {"NIFTY": 3})
    assert hub.log.epoch != before
    await bus.close()
