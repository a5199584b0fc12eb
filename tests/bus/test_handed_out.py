"""When a consumer must look at what is pending before it asks for more."""

import pytest

from deltastream.adapters.bus.handed_out import HandedOut, Reader

A = Reader("g", "a", "ticks")
B = Reader("g", "b", "ticks")


def fail(handed_out: HandedOut, reader: Reader, *, after: int | None = None) -> None:
    with pytest.raises(ConnectionError), handed_out.in_doubt_on_failure([reader], after=after):
        raise ConnectionError


def test_who_has_heard_everything_is_not_in_doubt() -> None:
    handed_out = HandedOut()

    with handed_out.in_doubt_on_failure([A]):
        handed_out.reached(A, 3)

    assert handed_out.doubts([A]) == []


def test_a_failure_puts_its_reader_in_doubt_after_what_it_surely_has() -> None:
    handed_out = HandedOut()
    handed_out.reached(A, 7)
    handed_out.reached(A, 5)

    fail(handed_out, A)

    assert handed_out.doubts([A, B]) == [(A, 7)]


def test_doubt_starts_at_the_earliest_place() -> None:
    handed_out = HandedOut()
    handed_out.reached(A, 7)

    fail(handed_out, A)
    fail(handed_out, A, after=2)
    fail(handed_out, A)

    assert handed_out.doubts([A]) == [(A, 2)]


def test_looking_at_all_that_is_pending_ends_the_doubt() -> None:
    handed_out = HandedOut()
    fail(handed_out, A)

    handed_out.looked(A, up_to=None)

    assert handed_out.doubts([A]) == []


def test_looking_at_a_part_moves_the_doubt_behind_it_and_never_back() -> None:
    handed_out = HandedOut()
    fail(handed_out, A)

    handed_out.looked(A, up_to=10)
    handed_out.looked(A, up_to=4)
    handed_out.looked(B, up_to=4)

    assert handed_out.doubts([A, B]) == [(A, 10)]
