"""The parts of a stream, where the whole would hide them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from tests.fixtures.eventually import eventually
from tests.streams.streamed import product, tick_payload

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import session_pb2, tick_pb2
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.background import running
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.errors import SlowConsumerError
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.hubs import tick_hub
from deltastream.runtime.streams.mailbox import Mailbox, Update
from deltastream.runtime.streams.resume import resume
from deltastream.runtime.streams.serve import Streaming
from deltastream.runtime.streams.stream import SubscriberStream
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.token import Position, read_token, write_token
from deltastream.runtime.streams.writer import FrameWriter
from deltastream.stream.v1 import stream_pb2

SUBJECT = subject_of(SubjectKind.ENRICHED_TICKS, "NIFTY")
SECONDS = 10.0


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    opened = open_bus("memory:")
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


def hub_of(bus: Bus) -> StreamHub[tick_pb2.UnderlyingTick]:
    return tick_hub(bus, Catalog(bus), SubjectKind.ENRICHED_TICKS)


def update(key: str, sequence: int, *, of: str = "NIFTY") -> Update[str]:
    return Update(product=of, key=key, sequence=sequence, event=f"{key}{sequence}")


def writer() -> FrameWriter[tick_pb2.UnderlyingTick, pb.StreamTicksResponse]:
    return FrameWriter(
        response=pb.StreamTicksResponse,
        batch=lambda ticks, snapshot: pb.TickBatch(ticks=ticks, snapshot=snapshot),
        epoch="epoch",
    )


def test_a_mailbox_gives_the_newest_of_each_key_in_the_order_of_arrival() -> None:
    mailbox: Mailbox[str] = Mailbox(None)
    for each in (update("a", 1), update("b", 2), update("a", 3)):
        mailbox.offer(each)
    updates, folded = mailbox.take()
    assert [each.sequence for each in updates] == [2, 3]
    assert folded == 1
    assert mailbox.take() == ([], 0)


def test_a_mailbox_takes_only_what_is_accepted() -> None:
    mailbox: Mailbox[str] = Mailbox(None, accepts=lambda event: event.startswith("a"))
    for each in (update("a", 1), update("b", 2), update("b", 3)):
        mailbox.offer(each)
    updates, folded = mailbox.take()
    assert [each.sequence for each in updates] == [1]
    assert folded == 0


def test_a_mailbox_is_bounded_however_many_keys_there_are() -> None:
    mailbox: Mailbox[str] = Mailbox(None, most=3)
    for number in range(1, 6):
        mailbox.offer(update(f"key {number}", number))
    updates, folded = mailbox.take()
    assert [each.sequence for each in updates] == [3, 4, 5]
    assert folded == 2


def test_a_mailbox_takes_only_its_products() -> None:
    mailbox: Mailbox[str] = Mailbox({"SPY"})
    mailbox.offer(update("a", 1))
    assert mailbox.take() == ([], 0)


def test_frames_are_bounded_and_never_split_an_entry() -> None:
    ticks = [
        Update(
            product="NIFTY",
            key=str(number),
            sequence=number // 60,
            event=tick_pb2.UnderlyingTick(product="NIFTY", sequence=number),
        )
        for number in range(60, 300)
    ]
    frames = list(writer().live(ticks))
    assert [len(frame.batch.ticks) for frame in frames] == [60, 60, 60, 60]
    tokens = [read_token(frame.resume_token) for frame in frames]
    assert tokens == [Position("epoch", {"NIFTY": n}) for n in (1, 2, 3, 4)]


def test_small_entries_share_a_frame() -> None:
    ticks = [
        Update(product="NIFTY", key="k", sequence=n, event=tick_pb2.UnderlyingTick(sequence=n))
        for n in range(1, 251)
    ]
    assert [len(frame.batch.ticks) for frame in writer().live(ticks)] == [100, 100, 50]


def test_a_token_leads_back_to_its_position() -> None:
    position = Position("epoch", {"NIFTY": 2**63, "M&M": 1})
    assert read_token(write_token(position)) == position


async def test_resuming_reads_up_to_where_the_mailbox_takes_over(bus: Bus) -> None:
    hub = hub_of(bus)
    async with running(hub.run()):
        async with asyncio.timeout(SECONDS):
            await hub.ready()
    await publish(bus, [1, 2, 3, 4])
    wants = Subscription(
        products=frozenset({"NIFTY"}),
        resume_token=write_token(Position(hub.epoch, {"NIFTY": 1})),
        lossless=False,
        heartbeat=5.0,
    )
    resumption = await resume(hub, wants, {"NIFTY": 3})
    assert [each.sequence for each in resumption.missed] == [3]


async def test_a_lossless_reader_that_trimming_overtook_is_told(bus: Bus) -> None:
    hub = hub_of(bus)
    streaming = Streaming(
        hub=hub,
        response=pb.StreamTicksResponse,
        batch=lambda ticks, snapshot: pb.TickBatch(ticks=ticks, snapshot=snapshot),
        session=lambda products: MarketSession.OPEN,
    )
    request = pb.StreamTicksRequest(
        products=["NIFTY"], delivery=stream_pb2.DELIVERY_POLICY_LOSSLESS
    )

    async def position() -> int:
        return hub.positions.get("NIFTY", 0)

    async with running(hub.run()), asyncio.timeout(SECONDS):
        await publish(bus, [1])
        await eventually(position, lambda at: at == 1)
        stream = streaming.serve(request)
        async with aclosing(stream):  # type: ignore[type-var]  # it is a generator
            while (await anext(stream)).WhichOneof("frame") != "caught_up":
                pass
            # While the reader does something else, the market goes on and the bus forgets.
            await publish(bus, range(2, 1000))
            await eventually(position, lambda at: at == 999)
            await bus.trim(SUBJECT, keep=100)
            with pytest.raises(SlowConsumerError):
                await anext(stream)


@pytest.mark.parametrize("products", [frozenset({"NIFTY", "SPY"}), None], ids=["some", "all"])
async def test_a_heartbeat_has_the_session_of_the_subscribed_products(
    bus: Bus, products: frozenset[str] | None
) -> None:
    asked: list[frozenset[str] | None] = []

    def session(products: frozenset[str] | None) -> MarketSession:
        asked.append(products)
        return MarketSession.PRE_OPEN

    hub = hub_of(bus)
    stream = SubscriberStream(
        hub=hub,
        subscription=Subscription(
            products=products, resume_token="", lossless=False, heartbeat=0.01
        ),
        writer=writer(),
        session=session,
    )
    async with running(hub.run()), asyncio.timeout(SECONDS):
        await hub.ready()
        frames = stream.frames()
        async with aclosing(frames):  # type: ignore[type-var]  # it is a generator
            while (frame := await anext(frames)).WhichOneof("frame") != "heartbeat":
                pass
    assert frame.heartbeat.session == session_pb2.MARKET_SESSION_PRE_OPEN
    assert asked == [products]


@pytest.mark.parametrize("lossless", [False, True], ids=["conflated", "lossless"])
async def test_an_event_that_comes_while_a_reset_is_sent_arrives_once(
    bus: Bus, *, lossless: bool
) -> None:
    hub = hub_of(bus)
    stream = SubscriberStream(
        hub=hub,
        subscription=Subscription(
            products=frozenset({"NIFTY"}),
            resume_token="no token",  # noqa: S106 - nor is it a password
            lossless=lossless,
            heartbeat=5.0,
        ),
        writer=writer(),
        session=lambda products: MarketSession.OPEN,
    )

    async def position() -> int:
        return hub.positions.get("NIFTY", 0)

    async with running(hub.run()), asyncio.timeout(SECONDS):
        await publish(bus, [1])
        await eventually(position, lambda at: at == 1)
        frames = stream.frames()
        async with aclosing(frames):  # type: ignore[type-var]  # it is a generator
            while (await anext(frames)).WhichOneof("frame") != "reset":
                pass
            # The subscriber is slow to take the reset, and the market goes on.
            await publish(bus, [2])
            await eventually(position, lambda at: at == 2)
            received: list[int] = []
            while 3 not in received:
                frame = await anext(frames)
                received += [tick.sequence for tick in frame.batch.ticks]
                if frame.WhichOneof("frame") == "caught_up":
                    await publish(bus, [3])
    assert received == [2, 3]
