"""A frame tells the traces of the events in it, and a traced stream's sending links to them."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.otlp_collector import Collector, collecting
from tests.streams.streamed import ALL, StreamedRpc
from tests.tracing.traced import ORIGIN, TRACE_ID, UNSAMPLED, recording

from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import tick_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.codec.wire import BYTES, tag
from deltastream.runtime.streams import wire
from deltastream.runtime.streams.event import Piece, Update
from deltastream.runtime.streams.kind import EventKind, encode
from deltastream.runtime.streams.writer import FRAME_BYTES, FrameWriter
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.spans import Kind
from deltastream.runtime.telemetry.traced_streams import linked
from deltastream.stream.v1 import stream_pb2


def origin(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def piece(sequence: int, traceparent: str | None, *, padding: int = 0) -> Piece:
    tick = tick_pb2.UnderlyingTick(product="NIFTY" + "x" * padding, sequence=sequence)
    return Piece(product="NIFTY", sequence=sequence, encoded=encode(tick), traceparent=traceparent)


def writer() -> FrameWriter:
    return FrameWriter(pb.StreamTicksResponse, epoch="epoch")


def parsed(frames: Iterable[bytes]) -> list[pb.StreamTicksResponse]:
    return [pb.StreamTicksResponse.FromString(frame) for frame in frames]


@given(st.lists(st.none() | st.integers(1, 5).map(origin), min_size=1, max_size=20))
def test_a_frame_with_traces_is_what_protobuf_writes(traces: list[str | None]) -> None:
    pieces = [piece(number, trace) for number, trace in enumerate(traces, start=1)]

    (frame,) = writer().live(pieces)

    (message,) = parsed([frame])
    assert message.SerializeToString(deterministic=True) == frame
    assert list(message.traceparents) == [t for t in dict.fromkeys(traces) if t is not None]
    assert len(message.batch.ticks) == len(traces)


@pytest.mark.parametrize("rpc", ALL, ids=str)
def test_every_stream_has_the_traces_where_frames_are_joined(rpc: StreamedRpc) -> None:
    field = rpc.response.DESCRIPTOR.fields_by_name["traceparents"]

    assert tag(field.number, BYTES) == wire.TRACEPARENTS
    assert field.is_repeated


def test_each_frame_tells_the_traces_of_its_own_events() -> None:
    frames = parsed(
        writer().live(
            [
                piece(1, origin(1), padding=FRAME_BYTES),
                piece(2, None, padding=FRAME_BYTES),
                piece(3, origin(3)),
            ]
        )
    )

    assert [list(frame.traceparents) for frame in frames] == [[origin(1)], [], [origin(3)]]


def test_a_frame_tells_so_many_traces_and_no_more() -> None:
    (frame,) = parsed(writer().live(piece(number, origin(number)) for number in range(1, 100)))

    assert list(frame.traceparents) == [origin(number) for number in range(1, 33)]
    assert len(frame.batch.ticks) == 99


def test_snapshots_and_control_frames_tell_none() -> None:
    frames = writer()
    state = Update(
        product="NIFTY",
        key="NIFTY",
        state="NIFTY",
        sequence=1,
        at=0,
        encoded=piece(1, None).encoded,
        traceparent=ORIGIN,
    )
    (snapshot,) = parsed(frames.snapshot([state], {"NIFTY": 1}))
    assert snapshot.batch.snapshot
    assert not snapshot.traceparents
    list(frames.live([piece(2, ORIGIN)]))
    frames.control(heartbeat=stream_pb2.Heartbeat())
    assert not frames.traceparents


def test_an_entrys_trace_is_that_of_all_of_its_events() -> None:
    batch = tick_pb2.UnderlyingTickBatch(
        ticks=[tick_pb2.UnderlyingTick(product="NIFTY", sequence=number) for number in (1, 2)]
    )
    entry = Entry(
        subject="market:underlying:NIFTY",
        sequence=2,
        payload=batch.SerializeToString(),
        traceparent=ORIGIN,
    )
    kind: EventKind[tick_pb2.UnderlyingTick] = EventKind(
        subjects=SubjectKind.RAW_TICKS,
        decode=lambda payload: tick_pb2.UnderlyingTickBatch.FromString(payload).ticks,
        batched=True,
        key_of=lambda tick: str(tick.sequence),
        time_of=lambda tick: tick.timestamp,
    )
    reading = kind.read(entry)
    assert reading is not None
    assert reading.piece.traceparent == ORIGIN
    assert [update.traceparent for update in reading.updates] == [ORIGIN, ORIGIN]


async def frames_of(
    frames: FrameWriter, news: Sequence[Sequence[Piece]]
) -> AsyncGenerator[bytes, None]:
    for pieces in news:
        for frame in frames.live(pieces):
            yield frame


async def send(news: Sequence[Sequence[Piece]]) -> int:
    frames = writer()
    count = 0
    async with aclosing(linked(frames_of(frames, news), lambda: frames.traceparents)) as sent:
        async for _ in sent:
            count += 1
    return count


async def test_a_traced_stream_sends_traced_events_in_spans_that_link_to_them(
    recorded: Collector,
) -> None:
    subscription = spans.start("subscribe", kind=Kind.SERVER)
    assert subscription is not None
    with spans.entered(subscription):
        assert await send([[piece(1, ORIGIN), piece(2, origin(7))], [piece(3, None)]]) == 2

    span = await recorded.one(lambda span: span.name == "send")

    assert span.parent == subscription.span_id
    assert list(span.links) == [TRACE_ID, f"{7:032x}"]
    assert [each.name for each in recorded.spans] == ["send"]


async def test_a_stream_that_is_not_traced_sends_everything_all_the_same() -> None:
    async with collecting() as collector, recording(collector.endpoint):
        assert await send([[piece(1, ORIGIN)], [piece(2, ORIGIN)]]) == 2
        with spans.entered(spans.start("subscribe", kind=Kind.SERVER, parent=UNSAMPLED)):
            assert await send([[piece(1, ORIGIN)]]) == 1
    assert not collector.spans
