"""What is measured of streams: those that are open, what they were sent, and what they were not."""

from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured
from tests.streams.conftest import Served
from tests.streams.frames import CONFLATED, LOSSLESS, POLICIES, ended, numbers, through, until
from tests.streams.test_slow_readers import reading, tell

from deltastream.feed.v1.feed_service_pb2 import StreamTicksResponse
from deltastream.runtime.streams.event import Piece, Update
from deltastream.runtime.streams.writer import FrameWriter
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.kinds import KIND_OF
from deltastream.stream.v1.stream_pb2 import Lagged


def of(served: Served) -> str:
    """Return the name of the method that is served."""
    return served.rpc.name.rpartition(".")[2]


def sent_live(served: Served) -> float:
    kind = KIND_OF[served.rpc.kind]
    return measured(names.EVENT_AGE, "_count", hop="sent", kind=kind)


@POLICIES
async def test_every_frame_and_every_event_of_it_is_counted(served: Served, delivery: int) -> None:
    await served.publish("NIFTY", 1, 2)
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == 2)
    frames = measured(names.STREAM_FRAMES_SENT, rpc_method=of(served))
    events = measured(names.STREAM_EVENTS_SENT, rpc_method=of(served))
    stream = served.open(products=["NIFTY"], delivery=delivery)
    opening = await until(stream, "caught_up")
    await served.publish("NIFTY", 3)
    live = await through(served, stream, 3)
    got = len(numbers(served, [*opening, *live]))
    assert measured(names.STREAM_FRAMES_SENT, rpc_method=of(served)) - frames == len(opening) + len(
        live
    )
    assert measured(names.STREAM_EVENTS_SENT, rpc_method=of(served)) - events == got


@POLICIES
async def test_only_what_is_sent_live_has_an_age(served: Served, delivery: int) -> None:
    before = sent_live(served)
    await served.publish("NIFTY", 1)
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == 1)
    stream = served.open(products=["NIFTY"], delivery=delivery)
    await until(stream, "caught_up")
    assert sent_live(served) == before
    await served.publish("NIFTY", 2)
    await through(served, stream, 2)
    assert sent_live(served) == before + 1


@POLICIES
async def test_what_a_subscriber_had_missed_is_not_old_when_it_is_sent(
    served: Served, delivery: int
) -> None:
    await served.publish("NIFTY", 1)
    stream = served.open(products=["NIFTY"], delivery=delivery)
    left_at = (await until(stream, "caught_up"))[-1]
    stream.cancel()
    await served.publish("NIFTY", 2, 3)
    await eventually(lambda: served.followed("NIFTY"), lambda at: at == 3)
    before = sent_live(served)
    token = left_at.resume_token
    back = served.open(products=["NIFTY"], delivery=delivery, resume_token=token)
    missed = await until(back, "caught_up")
    assert 3 in numbers(served, missed)
    assert sent_live(served) == before


def test_a_frame_knows_how_many_events_it_has_whatever_took_whose_place() -> None:
    writer = FrameWriter(StreamTicksResponse, epoch="e")
    newest = Update(
        product="NIFTY", key="NIFTY", state="NIFTY", sequence=5, at=0, count=3, encoded=b"x"
    )
    all_three = Piece(product="SPY", sequence=7, encoded=b"xyz", count=3)
    for news, events in (([newest], 1), ([all_three], 3)):
        assert len(list(writer.live(news))) == 1
        assert (writer.events, writer.folded, writer.oldest) == (events, 0, news[0].sequence)
    writer.control(lagged=Lagged(folded=2))
    assert (writer.events, writer.folded, writer.oldest) == (0, 2, None)


async def test_what_a_slow_reader_was_not_sent_is_counted(served: Served) -> None:
    before = measured(names.STREAM_EVENTS_CONFLATED, rpc_method=of(served))
    events = measured(names.STREAM_EVENTS_SENT, rpc_method=of(served))
    async with reading(served, CONFLATED) as reader:
        await tell(served, *range(1, 11))
        lagged = await reader.until("lagged")
        batch = await reader.until("batch")
    folded = lagged.lagged.folded
    assert folded > 0
    assert measured(names.STREAM_EVENTS_CONFLATED, rpc_method=of(served)) - before == folded
    sent = measured(names.STREAM_EVENTS_SENT, rpc_method=of(served)) - events
    assert sent == len(served.rpc.sequences(batch.batch))


async def test_a_reader_of_everything_misses_nothing(served: Served) -> None:
    before = measured(names.STREAM_EVENTS_CONFLATED, rpc_method=of(served))
    events = measured(names.STREAM_EVENTS_SENT, rpc_method=of(served))
    async with reading(served, LOSSLESS) as reader:
        await tell(served, *range(1, 11))
        got = await reader.numbers_through(10)
    assert measured(names.STREAM_EVENTS_CONFLATED, rpc_method=of(served)) == before
    assert measured(names.STREAM_EVENTS_SENT, rpc_method=of(served)) - events == len(got)


async def test_a_stream_is_active_until_it_ends_and_ended_with_its_code(served: Served) -> None:
    async def active() -> float:
        return measured(names.STREAMS_ACTIVE, rpc_method=of(served))

    async def left() -> float:
        return measured(names.STREAMS_ENDED, rpc_method=of(served), code="CANCELLED")

    service = f"deltastream.{served.rpc.service}.v1.{served.rpc.service.title()}Service"
    labels = {"rpc_service": service, "rpc_method": of(served)}
    calls = measured(names.RPC_CALLS, **labels, code="CANCELLED")
    others, cancelled = await active(), await left()
    stream = served.open(products=["NIFTY"])
    await until(stream, "caught_up")
    assert await active() == others + 1
    assert measured(names.RPC_IN_PROGRESS, kind="stream") == others + 1
    stream.cancel()
    await eventually(left, lambda value: value == cancelled + 1)
    assert await active() == others
    assert measured(names.RPC_CALLS, **labels, code="CANCELLED") == calls + 1
    # How long its client wanted it to last is nobody's duration.
    assert measured(names.RPC_DURATION, "_count", **labels) == 0


async def test_a_stream_that_is_sent_away_has_ended_well(served: Served) -> None:
    before = measured(names.STREAMS_ENDED, rpc_method=of(served), code="OK")
    stream = served.open(products=["NIFTY"])
    await until(stream, "caught_up")
    served.drain()
    await ended(stream)

    async def well() -> float:
        return measured(names.STREAMS_ENDED, rpc_method=of(served), code="OK")

    await eventually(well, lambda value: value == before + 1)
