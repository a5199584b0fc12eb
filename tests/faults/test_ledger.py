"""What the oracle says of a history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faults.ledger import Differences, Ledger, compare


def _ledger(*sequences: int, in_doubt: tuple[int, ...] = ()) -> Ledger:
    ledger = Ledger()
    for sequence in sequences:
        ledger.acknowledge("A", sequence)
    for sequence in in_doubt:
        ledger.offer("A", sequence)
    return ledger


@pytest.mark.parametrize(
    ("seen", "differences"),
    [
        ([1, 2, 3], Differences()),
        ([1, 3], Differences(lost=1)),
        ([], Differences(lost=3)),
        ([1, 2, 2, 3], Differences(duplicate=1)),
        ([1, 2, 3, 1, 2, 3], Differences(duplicate=3, disordered=2)),
        ([1, 3, 2], Differences(disordered=1)),
        ([1, 2, 3, 9], Differences(strange=1)),
    ],
)
def test_every_difference_is_counted(seen: list[int], differences: Differences) -> None:
    assert compare(_ledger(1, 2, 3), {"A": seen}) == differences
    assert differences.none == (seen == [1, 2, 3])


def test_what_was_offered_and_never_acknowledged_may_be_there_or_not() -> None:
    ledger = _ledger(1, 2, in_doubt=(3,))
    assert compare(ledger, {"A": [1, 2]}).none
    assert compare(ledger, {"A": [1, 2, 3]}).none


def test_a_product_of_which_nothing_was_seen_is_lost_and_one_never_published_strange() -> None:
    assert compare(_ledger(1, 2), {"B": [7]}) == Differences(lost=2, strange=1)


def test_rows_have_no_order_to_violate() -> None:
    assert compare(_ledger(1, 2, 3), {"A": [3, 1, 2]}, ordered=False).none


def test_differences_read_as_counts() -> None:
    assert str(Differences(lost=2)) == "2 lost, 0 duplicate, 0 disordered"
    assert str(Differences(strange=1)) == "0 lost, 0 duplicate, 0 disordered, 1 strange"


@given(st.lists(st.integers(1, 50), unique=True).map(sorted), st.data())
def test_one_change_to_a_faithful_history_never_passes(
    sequences: list[int], data: st.DataObject
) -> None:
    ledger = _ledger(*sequences)
    assert compare(ledger, {"A": sequences}).none
    if not sequences:
        return
    place = data.draw(st.integers(0, len(sequences) - 1))
    without = sequences[:place] + sequences[place + 1 :]
    assert compare(ledger, {"A": without}).lost == 1
    assert compare(ledger, {"A": [*sequences, sequences[place]]}).duplicate == 1
