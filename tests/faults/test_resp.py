"""Cutting Redis replies apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faults.resp import MalformedReplyError, ReplySplitter

REPLIES = (
    b"+OK\r\n",
    b"-ERR no\r\n",
    b":42\r\n",
    b"$5\r\nhe\r\no\r\n",
    b"$0\r\n\r\n",
    b"$-1\r\n",
    b"*-1\r\n",
    b"*0\r\n",
    b"*2\r\n:1\r\n*2\r\n$1\r\na\r\n+b\r\n",
    b"_\r\n",
    b"#t\r\n",
    b",1.5\r\n",
    b"=7\r\ntxt:abc\r\n",
    b"%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
    b"~1\r\n+a\r\n",
    b">2\r\n+message\r\n+a\r\n",
    b"|1\r\n+ttl\r\n:1\r\n+value\r\n",
)


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_whole_with_its_last_byte_and_not_before(reply: bytes) -> None:
    splitter = ReplySplitter()
    for place in range(len(reply) - 1):
        assert splitter.feed(reply[place : place + 1]) == []
    assert splitter.feed(reply[-1:]) == [reply]
    assert splitter.held == 0


@given(replies=st.lists(st.sampled_from(REPLIES), max_size=8), cuts=st.lists(st.integers(0, 200)))
def test_however_the_bytes_are_cut_the_same_replies_come_out(
    replies: list[bytes], cuts: list[int]
) -> None:
    data = b"".join(replies)
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    splitter = ReplySplitter()
    pieces = [data[begin:end] for begin, end in pairwise(places)]
    assert [reply for piece in pieces for reply in splitter.feed(piece)] == replies


@pytest.mark.parametrize("data", [b"HTTP/1.1 200 OK\r\n", b"$x\r\n", b"*1.5\r\n"])
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        ReplySplitter().feed(data)
