"""Ticks decoded together are as each is decoded alone."""

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from deltastream.market.v1 import tick_pb2
from deltastream.runtime.codec.ticks import decode_tick, decode_ticks

_FIRST, _LAST = -62_135_596_800, 253_402_300_799
_timestamps = st.builds(
    Timestamp,
    seconds=st.sampled_from([_FIRST, -1, 0, 1, _LAST]) | st.integers(_FIRST, _LAST),
    nanos=st.sampled_from([0, 1, 999, 1000, 999_999_999]) | st.integers(0, 999_999_999),
)
_numbers = st.sampled_from([0.0, -0.0]) | st.floats(allow_nan=False)
_messages = st.builds(
    tick_pb2.UnderlyingTick,
    product=st.sampled_from(["", "NIFTY"]),
    price=_numbers,
    timestamp=st.none() | _timestamps,
    sequence=st.integers(0, 2**64 - 1),
    volume=st.none() | _numbers,
    processed_at=st.none() | _timestamps,
)


@given(st.lists(_messages))
def test_they_are_the_same(messages: list[tick_pb2.UnderlyingTick]) -> None:
    together, alone = list(decode_ticks(messages)), list(map(decode_tick, messages))
    assert together == alone
    assert list(map(repr, together)) == list(map(repr, alone))
