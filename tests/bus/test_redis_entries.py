"""How a sequence becomes the id of a stream entry."""

from hypothesis import given
from hypothesis import strategies as st

from deltastream.adapters.bus.redis_entries import (
    entry_id,
    key_of,
    sequence_of,
    subject_of_key,
)

SEQUENCES = st.integers(min_value=0, max_value=2**63 - 1)


def as_redis_orders(identifier: str) -> tuple[int, int]:
    milliseconds, number = map(int, identifier.split("-"))
    assert max(milliseconds, number) < 2**64
    return milliseconds, number


def test_an_id_reads_as_the_milliseconds_of_its_sequence() -> None:
    assert entry_id(1_753_900_000_123_456) == "1753900000123-456"


@given(sequence=SEQUENCES)
def test_a_sequence_is_read_back_from_its_id(sequence: int) -> None:
    assert sequence_of(entry_id(sequence).encode()) == sequence


@given(one=SEQUENCES, other=SEQUENCES)
def test_ids_are_ordered_as_their_sequences(one: int, other: int) -> None:
    ids = as_redis_orders(entry_id(one)), as_redis_orders(entry_id(other))
    assert (ids[0] < ids[1]) == (one < other)


@given(subject=st.text())
def test_a_subject_is_read_back_from_its_key(subject: str) -> None:
    assert subject_of_key(key_of(subject).encode()) == subject
