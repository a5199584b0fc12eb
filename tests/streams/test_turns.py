"""Many subscribers get their frames in turn, and not all at once."""

import asyncio
from contextlib import ExitStack
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.streams.conftest import Served
from tests.streams.frames import CONFLATED, POLICIES
from tests.streams.test_slow_readers import reading, tell

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.runtime.streams.conflated import ConflatedReader
from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.mailbox import Doorbell, Mailbox
from deltastream.runtime.streams.turns import Turn
from deltastream.runtime.streams.writer import FRAME_BYTES, FrameWriter

# Enough that there are turns at all.
_CROWD: Final = 100
_LATER: Final = 0.3
_NEVER: Final = 3600.0
_TIMERS: Final = 0.01

moments = st.floats(min_value=0.0, max_value=1e7)
intervals = st.floats(min_value=0.001, max_value=10.0)
numbers = st.integers(min_value=0, max_value=1_000_000)


@given(number=numbers, now=moments, interval=intervals)
def test_the_next_turn_is_about_an_interval_away_at_most(
    number: int, now: float, interval: float
) -> None:
    wait = Turn.of(number).after(now, interval) - now
    assert 0.04 * interval <= wait <= 1.06 * interval


@given(number=numbers, now=moments, interval=intervals, late=st.floats(0.0, 0.9))
def test_who_is_late_gets_the_next_turn_at_its_time_all_the_same(
    number: int, now: float, interval: float, late: float
) -> None:
    turn = Turn.of(number)
    due = turn.after(now, interval)
    assert turn.after(due + late * interval, interval) == pytest.approx(
        due + interval, abs=1e-3 * interval
    )


@given(number=numbers, now=moments, interval=intervals)
def test_a_timer_that_fires_a_moment_early_does_not_give_the_same_turn_twice(
    number: int, now: float, interval: float
) -> None:
    turn = Turn.of(number)
    due = turn.after(now, interval)
    assert turn.after(due - 0.01 * interval, interval) > due + 0.5 * interval


@given(first=numbers, count=st.integers(min_value=2, max_value=500))
def test_those_who_come_together_are_spread_over_the_round(first: int, count: int) -> None:
    shares = sorted(Turn.of(number).share for number in range(first, first + count))
    assert 0 <= shares[0] <= shares[-1] < 1
    gaps = [b - a for a, b in zip(shares, [*shares[1:], shares[0] + 1], strict=True)]
    # Even gaps would be 1 / count.
    assert max(gaps) < 2.7 / count
    assert min(gaps) > 0.35 / count


def test_subscribers_of_one_hub_have_turns_of_their_own(served: Served) -> None:
    shares = {served.streaming.hub.turn().share for _ in range(100)}
    assert len(shares) == 100


@POLICIES
async def test_what_comes_while_a_frame_is_on_its_way_waits_for_the_next_turn(
    served: Served, monkeypatch: pytest.MonkeyPatch, delivery: int
) -> None:
    hub = served.streaming.hub
    monkeypatch.setattr(hub, "turn", lambda: _In(_LATER))
    clock = asyncio.get_running_loop().time
    with ExitStack() as crowd:
        async with reading(served, delivery) as reader:
            for _ in range(_CROWD):
                crowd.enter_context(hub.listening(Doorbell(frozenset())))
            await tell(served, 1)
            assert await reader.numbers(1) == [1]
            # The subscriber has not come back for more: the frame is still being written.
            await tell(served, 2)
            asked = clock()
            assert await reader.numbers(1) == [2]
            assert clock() - asked >= _LATER - _TIMERS


async def test_a_lone_subscriber_has_no_turn_to_wait_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.streaming.hub, "turn", lambda: _In(_NEVER))
    async with reading(served, CONFLATED) as reader:
        await tell(served, 1)
        assert await reader.numbers(1) == [1]
        await tell(served, 2)
        assert await reader.numbers(1) == [2]


async def test_what_a_frame_has_no_room_for_waits_for_no_turn() -> None:
    mailbox = Mailbox(None)
    reader = ConflatedReader(mailbox, FrameWriter(pb.StreamTicksResponse, epoch="1"))
    mailbox.offer([_large_update(1), _large_update(2)])
    assert len(list(await reader.read())) == 1
    assert not reader.is_level
    assert len(list(await reader.read())) == 1
    assert reader.is_level


class _In(Turn):
    """A turn that is so many seconds away, whenever it is asked for."""

    def after(self, now: float, interval: float) -> float:
        del interval
        return now + self.share


def _large_update(sequence: int) -> Update:
    """Make an update that fills a frame."""
    return Update(
        product="NIFTY",
        key=str(sequence),
        state=str(sequence),
        sequence=sequence,
        at=sequence,
        facet=0,
        count=1,
        encoded=bytes(FRAME_BYTES),
    )
