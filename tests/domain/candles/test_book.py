"""Candles as they form, settle and are revised."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from tests.domain.candles.tick_columns import (
    OPENING,
    SECOND,
    Row,
    assert_same_candle,
    at,
    columns,
    some_rows,
)

from deltastream.domain.candles.book import CandleBook
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.windows import LENGTHS, MINUTE
from deltastream.domain.events import Candle

POLICY = LatenessPolicy(out_of_orderness=2.0, allowed_lateness=60.0, idle=10.0)
PATIENT = LatenessPolicy(out_of_orderness=2.0, allowed_lateness=3600.0, idle=10.0)
HOUR = 3600.0

Newest = dict[tuple[int, float], Candle]


def book(policy: LatenessPolicy = POLICY) -> CandleBook:
    return CandleBook(product="NIFTY", policy=policy)


def apply(to: CandleBook, *rows: Row, now: float = 0.0) -> list[Candle]:
    return to.apply(columns(rows), now=now)


def one_minute(candles: Iterable[Candle]) -> list[tuple[int, int, bool, int]]:
    """Return minute, count, state and revision of the one-minute candles among some."""
    return [
        (
            round(candle.start.timestamp() - OPENING / SECOND) // 60,
            candle.tick_count,
            candle.final,
            candle.revision,
        )
        for candle in candles
        if candle.window_minutes == 1
    ]


def newest_of(candles: Iterable[Candle]) -> Newest:
    return {(candle.window_minutes, candle.start.timestamp()): candle for candle in candles}


def settled(policy: LatenessPolicy, batches: Sequence[Sequence[Row]]) -> Newest:
    """Apply batches, let all windows end, and return the newest version of each candle."""
    kept = book(policy)
    told = [candle for batch in batches for candle in apply(kept, *batch)]
    return newest_of([*told, *kept.pass_time(now=HOUR)])


@st.composite
def batches(draw: st.DrawFn) -> list[list[Row]]:
    """Deal ticks out into batches, in any order, some of them overlapping."""
    rows = draw(some_rows)
    dealt = draw(st.permutations(rows + draw(st.lists(st.sampled_from(rows), max_size=10))))
    size = draw(st.integers(1, len(dealt)))
    return [dealt[begin : begin + size] for begin in range(0, len(dealt), size)]


@given(batches(), st.data())
def test_any_split_order_and_repetition_of_batches_gives_the_same_candles(
    parts: list[list[Row]], data: st.DataObject
) -> None:
    whole = settled(PATIENT, [[row for part in parts for row in part]])
    again = data.draw(st.lists(st.sampled_from(parts), max_size=5))
    found = settled(PATIENT, data.draw(st.permutations(parts + again)))
    assert found.keys() == whole.keys()
    for key, candle in whole.items():
        assert candle.final
        assert_same_candle(found[key], candle)


@given(some_rows)
def test_all_lengths_stand_on_the_same_ticks(rows: list[Row]) -> None:
    found = settled(POLICY, [[row] for row in sorted(rows, key=lambda row: row[1])])
    counts = [
        sum(candle.tick_count for (minutes, _), candle in found.items() if minutes == length)
        for length in LENGTHS
    ]
    assert len(set(counts)) == 1


def test_a_tick_changes_the_candle_of_every_length() -> None:
    changed = apply(book(), at(61, 105.0))
    assert [(c.window_minutes, c.start.minute) for c in changed] == [
        (5, 0),
        (15, 0),
        (30, 0),
        (1, 1),
    ]
    assert {c.product for c in changed} == {"NIFTY"}
    assert {(c.open, c.high, c.low, c.close, c.mean, c.variance) for c in changed} == {
        (105.0, 105.0, 105.0, 105.0, 105.0, 0.0)
    }


def test_a_candle_is_provisional_until_the_watermark_passes_its_end() -> None:
    kept = book()
    assert one_minute(apply(kept, at(30))) == [(0, 1, False, 0)]
    assert one_minute(apply(kept, at(61.9))) == [(1, 1, False, 0)]
    assert one_minute(apply(kept, at(62))) == [(0, 1, True, 0), (1, 2, False, 0)]


def test_a_late_tick_makes_the_next_revision_and_never_a_provisional_one() -> None:
    kept = book()
    apply(kept, at(30, 100.0), at(70))
    (late,) = (c for c in apply(kept, at(40, 90.0)) if c.window_minutes == 1)
    assert (late.final, late.revision, late.tick_count, late.low) == (True, 1, 2, 90.0)
    assert one_minute(apply(kept, at(41), at(42))) == [(0, 4, True, 2)]


def test_a_late_tick_of_an_empty_window_makes_its_first_revision() -> None:
    kept = book()
    apply(kept, at(70))
    assert one_minute(apply(kept, at(59))) == [(0, 1, True, 0)]


def test_a_tick_that_is_too_late_changes_nothing_and_is_counted() -> None:
    kept = book()
    apply(kept, at(0), at(100))
    assert one_minute(apply(kept, at(38))) == [(0, 2, True, 1)]
    assert kept.dropped == 0
    assert apply(kept, at(37.999999)) == []
    assert apply(kept, at(1), at(2)) == []
    assert kept.dropped == 3
    assert apply(kept, at(1), at(2)) == []
    assert kept.dropped == 3


def test_whether_a_tick_is_too_late_does_not_depend_on_its_batch() -> None:
    rows = [at(0, sequence=1), at(100, sequence=2), at(37, sequence=3), at(101, sequence=4)]
    together, apart = book(), book()
    told = newest_of(apply(together, *rows))
    one_by_one = [candle for row in rows for candle in apply(apart, row)]
    assert {k: c.tick_count for k, c in newest_of(one_by_one).items()} == {
        k: c.tick_count for k, c in told.items()
    }
    assert together.dropped == apart.dropped == 1


def test_silence_settles_the_last_candle_before_a_close() -> None:
    kept = book()
    apply(kept, at(59), now=500.0)
    assert kept.pass_time(now=509.9) == []
    assert one_minute(kept.pass_time(now=510.0)) == [(0, 1, True, 0)]
    assert kept.pass_time(now=511.0) == []
    (five,) = kept.pass_time(now=500.0 + 5 * 60 - 59 + 2)
    assert (five.window_minutes, five.final) == (5, True)


def test_silence_is_measured_from_the_last_tick() -> None:
    kept = book()
    apply(kept, at(58), now=500.0)
    apply(kept, at(59), now=505.0)
    assert kept.pass_time(now=512.0) == []


def test_silence_makes_no_tick_too_late() -> None:
    kept = book()
    apply(kept, at(10), now=0.0)
    assert one_minute(kept.pass_time(now=HOUR)) == [(0, 1, True, 0)]
    assert one_minute(apply(kept, at(70), now=HOUR)) == [(1, 1, False, 0)]
    assert one_minute(apply(kept, at(20), now=HOUR)) == [(0, 2, True, 1)]
    assert kept.dropped == 0


def test_before_the_first_tick_there_is_nothing_to_settle() -> None:
    assert book().pass_time(now=HOUR) == []


def test_what_no_punctual_tick_can_concern_is_forgotten() -> None:
    kept = book()
    for second in range(2 * 3600):
        apply(kept, at(second))
    assert len(kept._windows) <= len(LENGTHS) + 2
    assert len(kept._seen._runs) <= 63


def restored(told: Iterable[Candle], rows: Sequence[Row]) -> CandleBook:
    """Make a book as a restart does, from what is stored of the time still open."""
    newest = max(time for time, *_ in rows)
    first = (newest - POLICY.reach) // (30 * MINUTE) * 30 * MINUTE
    new = book()
    new.restore(told, columns([row for row in rows if row[0] >= first]), now=0.0)
    return new


@given(some_rows, st.data())
def test_a_restart_anywhere_gives_the_same_candles_as_none(
    rows: list[Row], data: st.DataObject
) -> None:
    # A few ticks a batch, in the order of their sequence, as the bus brings them; times jump about.
    ordered = sorted(rows, key=lambda row: row[1])
    size = data.draw(st.integers(1, 5))
    parts = [ordered[begin : begin + size] for begin in range(0, len(ordered), size)]
    crash = data.draw(st.integers(1, len(parts)))
    stored = data.draw(st.integers(1, crash))

    first = book()
    told = newest_of(c for part in parts[:crash] for c in apply(first, *part))
    second = restored(told.values(), [row for part in parts[:stored] for row in part])
    # What was told and not stored is delivered again, and changes nothing that was told.
    redelivered = [candle for part in parts[stored:crash] for candle in apply(second, *part)]
    assert redelivered == []
    found = told | newest_of(c for part in parts[crash:] for c in apply(second, *part))
    found |= newest_of(second.pass_time(now=HOUR))

    expected = settled(POLICY, parts)
    assert found.keys() == expected.keys()
    for key, candle in expected.items():
        assert found[key].revision == candle.revision
        assert_same_candle(found[key], candle)


def test_what_was_stored_and_never_told_is_told_at_the_restart() -> None:
    new = book()
    changed = new.restore([], columns([at(30), at(70)]), now=0.0)
    assert one_minute(changed) == [(0, 1, True, 0), (1, 1, False, 0)]


def test_of_what_was_told_the_newest_version_counts() -> None:
    old = book()
    versions = [*apply(old, at(30)), *apply(old, at(70)), *apply(old, at(31))]
    new = book()
    new.restore(versions[::-1], columns([at(30), at(70), at(31)]), now=0.0)
    assert one_minute(apply(new, at(32))) == [(0, 3, True, 2)]


def test_what_was_dropped_before_a_restart_is_dropped_and_not_counted_again() -> None:
    rows = [at(0, sequence=1), at(100, sequence=2), at(1, sequence=3)]
    new = book()
    (*_, thirty) = (c for c in new.restore([], columns(rows), now=0.0) if c.window_minutes == 30)
    assert thirty.tick_count == 2
    assert new.dropped == 0


def test_a_source_that_a_restart_set_back_is_followed() -> None:
    old = book()
    told = newest_of(apply(old, at(HOUR + 30)))
    new = restored(told.values(), [at(HOUR + 30)])
    left, began = one_minute(apply(new, at(10)))
    assert (left, began) == ((60, 1, True, 0), (0, 1, False, 0))
    assert one_minute(apply(new, at(11))) == [(0, 2, False, 0)]
    assert new.dropped == 0


def test_at_any_other_time_such_a_tick_is_but_late() -> None:
    kept = book()
    apply(kept, at(HOUR))
    assert apply(kept, at(10)) == []
    assert kept.dropped == 1
    new = restored([], [at(HOUR)])
    apply(new, at(HOUR + 1))
    assert apply(new, at(10)) == []
    assert new.dropped == 1
