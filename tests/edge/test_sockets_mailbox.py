"""The mailbox: bounded, in order, fair."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltastream.edge.sockets.mailbox import Mailbox

NIFTY = ("product", "NIFTY")
SPY = ("product", "SPY")


def mailbox(*, reply_limit: int = 10, batch_limit: int = 100) -> Mailbox[str]:
    return Mailbox(reply_limit=reply_limit, batch_limit=batch_limit)


def with_outlet() -> tuple[Mailbox[str], list[str]]:
    """Return a mailbox, and what its outlet has taken, which takes everything."""
    box, written = mailbox(), list[str]()

    def take(packet: str) -> bool:
        written.append(packet)
        return True

    box.outlet = take
    return box, written


async def batch(box: Mailbox[str]) -> list[str | None]:
    """Take a batch out, as the engine does."""
    packets = [await asyncio.wait_for(box.get(), 1.0)]
    while True:
        try:
            packets.append(box.get_nowait())
        except asyncio.QueueEmpty:
            return packets


async def test_an_update_takes_the_place_of_the_one_with_its_key() -> None:
    box = mailbox()
    box.offer(NIFTY, "tick", "tick 1")
    box.offer(NIFTY, "tick", "tick 2")
    assert (await batch(box), box.folded) == (["tick 2"], 1)


async def test_updates_of_one_subject_leave_in_the_order_of_the_newest_offers() -> None:
    box = mailbox()
    box.offer(NIFTY, "tick", "tick 1")
    box.offer(NIFTY, "near", "near 2")
    box.offer(NIFTY, "tick", "tick 3")
    assert await batch(box) == ["near 2", "tick 3"]


async def test_subjects_leave_in_the_order_in_which_they_began_to_wait() -> None:
    box = mailbox()
    box.offer(NIFTY, "tick", "NIFTY 1")
    box.offer(SPY, "tick", "SPY 1")
    # NIFTY is busy, and does not lose its turn by that.
    box.offer(NIFTY, "tick", "NIFTY 2")
    assert await batch(box) == ["NIFTY 2", "SPY 1"]


async def test_replies_keep_their_place_among_updates() -> None:
    box = mailbox()
    box.offer(NIFTY, "tick", "update")
    await box.put("unsubscribed")
    box.offer(SPY, "tick", "later")
    assert await batch(box) == ["update", "unsubscribed", "later"]


async def test_replacing_a_subject_drops_what_waited_of_it() -> None:
    box = mailbox()
    box.offer(NIFTY, "tick", "old")
    box.offer(SPY, "tick", "SPY")
    box.replace(NIFTY, [("near", "snapshot 1"), ("tick", "snapshot 2")])
    assert await batch(box) == ["SPY", "snapshot 1", "snapshot 2"]


async def test_a_waiting_reader_is_given_the_packet_at_once() -> None:
    box = mailbox()
    reader = box.get()
    assert not reader.done()
    box.offer(NIFTY, "tick", "tick 1")
    assert await reader == "tick 1"
    assert len(box) == 0


async def test_a_reader_that_gave_up_loses_no_packet() -> None:
    box = mailbox()
    box.get().cancel()
    box.offer(NIFTY, "tick", "tick 1")
    assert await batch(box) == ["tick 1"]


async def test_readers_are_served_in_turn() -> None:
    box = mailbox()
    first, second = box.get(), box.get()
    box.put_nowait("a")
    box.put_nowait("b")
    assert (await first, await second) == ("a", "b")


async def test_a_batch_is_limited_and_the_rest_follows() -> None:
    box = mailbox(batch_limit=2)
    for number in range(3):
        box.put_nowait(str(number))
    assert await batch(box) == ["0", "1"]
    assert await batch(box) == ["2"]


async def test_replies_beyond_the_limit_are_dropped_and_noted() -> None:
    box = mailbox(reply_limit=2)
    for number in range(3):
        box.put_nowait(str(number))
    assert box.overflowed
    assert await batch(box) == ["0", "1"]


async def test_replies_that_were_taken_make_room() -> None:
    box = mailbox(reply_limit=1)
    for number in range(3):
        box.put_nowait(str(number))
        assert await batch(box) == [str(number)]
    assert not box.overflowed


async def test_the_signal_to_end_always_has_room() -> None:
    box = mailbox(reply_limit=1)
    box.put_nowait("reply")
    box.put_nowait(None)
    assert await batch(box) == ["reply", None]


async def test_joining_does_not_wait_for_a_reader() -> None:
    box = mailbox()
    box.put_nowait("reply")
    await asyncio.wait_for(box.join(), 1.0)


async def test_nothing_is_to_be_had_without_beginning_a_batch() -> None:
    box = mailbox()
    box.put_nowait("reply")
    with pytest.raises(asyncio.QueueEmpty):
        box.get_nowait()


OFFERS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")),
        st.none(),
    ),
    max_size=60,
)


@given(steps=OFFERS, batch_limit=st.integers(min_value=1, max_value=5))
def test_whenever_it_is_read_order_holds_and_the_newest_of_each_key_arrives(
    steps: list[tuple[str, str] | None], batch_limit: int
) -> None:
    """A step offers the next update of a key, or takes a batch out (None)."""

    async def run() -> None:
        box: Mailbox[tuple[str, str, int]] = Mailbox(reply_limit=1, batch_limit=batch_limit)
        received: list[tuple[str, str, int]] = []
        offered: dict[tuple[str, str], int] = {}

        def take() -> None:
            if not len(box):
                return
            reader = box.get()
            packets = [reader.result()]
            while True:
                try:
                    packets.append(box.get_nowait())
                except asyncio.QueueEmpty:
                    break
            assert len(packets) <= batch_limit
            received.extend(packet for packet in packets if packet is not None)

        for number, step in enumerate(steps):
            if step is None:
                take()
                continue
            subject, key = step
            offered[step] = number
            box.offer((subject,), key, (subject, key, number))
            # What is leaving, and at most one of each key behind it.
            assert len(box) <= 2 * len(offered)
        while len(box):
            take()

        for subject in "AB":
            numbers = [number for s, _, number in received if s == subject]
            assert all(earlier < later for earlier, later in pairwise(numbers))
        assert {(s, k): n for s, k, n in received} == offered
        assert box.folded == sum(step is not None for step in steps) - len(received)

    asyncio.run(run())


async def test_an_update_goes_out_at_once_while_the_reader_waits() -> None:
    box, written = with_outlet()
    reader = box.get()
    box.offer(NIFTY, "tick", "tick 1")
    box.offer(NIFTY, "tick", "tick 2")
    assert (written, reader.done(), len(box)) == (["tick 1", "tick 2"], False, 0)


async def test_nothing_overtakes_what_the_reader_has_been_given() -> None:
    box, written = with_outlet()
    reader = box.get()
    box.put_nowait("reply")
    box.offer(NIFTY, "tick", "tick 1")
    assert (await reader, written) == ("reply", [])
    assert await batch(box) == ["tick 1"]


async def test_what_the_outlet_does_not_take_is_for_the_reader() -> None:
    box = mailbox()
    box.outlet = lambda _: False
    reader = box.get()
    box.offer(NIFTY, "tick", "tick 1")
    box.offer(NIFTY, "tick", "tick 2")
    box.offer(NIFTY, "tick", "tick 3")
    assert await reader == "tick 1"
    assert await batch(box) == ["tick 3"]


async def test_a_reader_that_gave_up_is_none() -> None:
    box, written = with_outlet()
    box.get().cancel()
    box.offer(NIFTY, "tick", "tick 1")
    assert (written, await batch(box)) == ([], ["tick 1"])


async def test_a_reply_wakes_the_reader_up() -> None:
    box, written = with_outlet()
    reader = box.get()
    await box.put("ping")
    assert (await reader, written) == ("ping", [])
