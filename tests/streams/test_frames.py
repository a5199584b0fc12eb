"""Frames are joined from bytes, and are the messages of the contract nevertheless."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.streams.streamed import ALL, StreamedRpc

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import tick_pb2
from deltastream.runtime.streams.event import Piece, Update
from deltastream.runtime.streams.kind import encode
from deltastream.runtime.streams.token import Position, read_token, write_token
from deltastream.runtime.streams.writer import FRAME_BYTES, FrameWriter
from deltastream.stream.v1 import stream_pb2

PRODUCTS = ("M&M", "NIFTY", "SPY")
SEQUENCES = st.integers(1, 2**64 - 1)
STEPS = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), SEQUENCES, st.integers(0, 300)), min_size=1, max_size=8
)


def update(product: str, sequence: int, *, padding: int = 0) -> Update:
    tick = tick_pb2.UnderlyingTick(product=product + "x" * padding, sequence=sequence)
    return Update(
        product=product,
        key=product,
        state=product,
        sequence=sequence,
        at=0,
        encoded=encode(tick),
    )


def ticks_of(updates: Sequence[Update]) -> list[tick_pb2.UnderlyingTick]:
    return list(pb.TickBatch.FromString(b"".join(update.encoded for update in updates)).ticks)


def writer() -> FrameWriter:
    return FrameWriter(pb.StreamTicksResponse, epoch="epoch")


def parsed(frames: Any) -> list[pb.StreamTicksResponse]:
    return [pb.StreamTicksResponse.FromString(frame) for frame in frames]


@given(STEPS)
def test_a_live_frame_is_what_protobuf_writes(steps: list[tuple[str, int, int]]) -> None:
    frames = writer()
    sequences: dict[str, int] = {}
    written = 0
    for product, sequence, padding in steps:
        one = update(product, sequence, padding=padding)
        found = list(frames.live([one]))
        if sequence <= sequences.get(product, 0):
            assert not found
            continue
        sequences[product] = sequence
        written += 1
        expected = pb.StreamTicksResponse(
            sequence=written,
            resume_token=write_token(Position("epoch", sequences)),
            batch=pb.TickBatch(ticks=ticks_of([one])),
        )
        assert found == [expected.SerializeToString(deterministic=True)]


@given(st.dictionaries(st.sampled_from(PRODUCTS), SEQUENCES, min_size=1))
def test_a_snapshot_frame_is_what_protobuf_writes(positions: dict[str, int]) -> None:
    states = [update(product, sequence) for product, sequence in positions.items()]
    frames = list(writer().snapshot(states, positions))
    delivered: dict[str, int] = {}
    for number, (frame, state) in enumerate(zip(frames, states, strict=True), start=1):
        delivered[state.product] = state.sequence
        expected = pb.StreamTicksResponse(
            sequence=number,
            resume_token=write_token(Position("epoch", delivered)),
            batch=pb.TickBatch(ticks=ticks_of([state]), snapshot=True),
        )
        assert frame == expected.SerializeToString(deterministic=True)


@given(st.text(min_size=1), st.dictionaries(st.text(), st.integers(0, 2**64 - 1), max_size=20))
def test_a_token_is_what_protobuf_writes_and_leads_back(
    epoch: str, sequences: dict[str, int]
) -> None:
    token = write_token(Position(epoch, sequences))
    assert read_token(token) == Position(epoch, sequences)
    reordered = dict(reversed(sequences.items()))
    assert write_token(Position(epoch, reordered)) == token


@pytest.mark.parametrize("rpc", ALL, ids=str)
def test_the_contract_numbers_fields_as_frames_are_joined(rpc: StreamedRpc) -> None:
    descriptor = rpc.response.DESCRIPTOR
    batch = descriptor.fields_by_name["batch"].message_type
    (events,) = [field for field in batch.fields if field.is_repeated]
    names = ("sequence", "resume_token", "batch")
    assert [descriptor.fields_by_name[name].number for name in names] == [1, 2, 3]
    assert (events.number, batch.fields_by_name["snapshot"].number) == (1, 2)


def test_frames_are_bounded_and_never_split_an_entry() -> None:
    padding = FRAME_BYTES // 10
    news = [update("NIFTY", 1 + number // 4, padding=padding) for number in range(16)]
    frames = parsed(writer().live(news))
    assert [len(frame.batch.ticks) for frame in frames] == [12, 4]
    tokens = [read_token(frame.resume_token) for frame in frames]
    assert tokens == [Position("epoch", {"NIFTY": n}) for n in (3, 4)]


def test_a_second_of_a_busy_market_is_one_frame() -> None:
    frames = parsed(writer().live(update("NIFTY", at, padding=8_000) for at in range(1, 13)))
    assert [len(frame.batch.ticks) for frame in frames] == [12]


def test_an_entry_longer_than_a_frame_is_sent_whole() -> None:
    news = [update("NIFTY", 1, padding=FRAME_BYTES), update("NIFTY", 1, padding=FRAME_BYTES)]
    assert [len(frame.batch.ticks) for frame in parsed(writer().live(news))] == [2]


def test_small_entries_share_a_frame() -> None:
    frames = parsed(writer().live([update("NIFTY", number) for number in range(1, 251)]))
    assert [len(frame.batch.ticks) for frame in frames] == [250]


def test_a_piece_of_nothing_moves_the_position_and_is_not_sent() -> None:
    frames = writer()
    assert not list(frames.live([Piece(product="NIFTY", sequence=7, encoded=b"")]))
    heartbeat = pb.StreamTicksResponse.FromString(frames.control(heartbeat=stream_pb2.Heartbeat()))
    assert read_token(heartbeat.resume_token) == Position("epoch", {"NIFTY": 7})


def test_after_starting_anew_all_positions_are_forgotten() -> None:
    frames = writer()
    list(frames.live([update("NIFTY", 7)]))
    frames.start_anew("other")
    (frame,) = parsed(frames.live([update("NIFTY", 3)]))
    assert frame.sequence == 2
    assert read_token(frame.resume_token) == Position("other", {"NIFTY": 3})
