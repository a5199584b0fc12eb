"""What every log store does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.logs.entries import NOON, SPAN, TRACE, SettableClock, entry, events

from deltastream.adapters.logs.choose import open_logs
from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.log_store import Level, LogFilter, LogStore
from deltastream.ports.windows import Cursor, Window

ALL = LogFilter()
PAGE = Window(limit=1000)


async def test_a_record_is_kept_as_it_was_written(store: LogStore) -> None:
    written = entry(
        "dependency_changed",
        service="feed",
        second=1.000001,
        level=Level.WARNING,
        trace_id=TRACE,
        span_id=SPAN,
        fields={"dependency": "bus", "says": 'a "quoted" \\ line\nand ünïcode'},
    )
    await store.append([written])
    (record,) = (await store.query(ALL, PAGE)).records
    assert record.entry == written


async def test_sequences_are_the_microsecond_of_arrival_and_only_grow(
    store: LogStore, clock: SettableClock
) -> None:
    await store.append([entry(), entry(), entry()])
    clock.pass_by(seconds=-60)
    await store.append([entry()])
    clock.pass_by(seconds=120)
    await store.append([entry()])
    records = (await store.read(ALL, after=0, limit=10)).records
    sequences = [record.sequence for record in records]
    assert sequences == sorted(set(sequences))
    assert sequences[-1] == int(clock().timestamp() * 1_000_000)
    assert await store.newest() == sequences[-1]


async def test_a_listing_is_newest_first_by_time_and_ties_by_arrival(store: LogStore) -> None:
    await store.append([entry("b", second=2), entry("a", second=1), entry("late", second=1)])
    assert events((await store.query(ALL, PAGE)).records) == ["b", "late", "a"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LogFilter(services=frozenset({"feed"})), ["f-error", "f-info"]),
        (LogFilter(services=frozenset({"feed", "edge"})), ["f-error", "e-debug", "f-info"]),
        (LogFilter(level=Level.WARNING), ["f-error", "s-warning"]),
        (LogFilter(trace_id=TRACE), ["f-error", "s-warning"]),
        (LogFilter(trace_id=TRACE, services=frozenset({"storage"})), ["s-warning"]),
        (LogFilter(contains="DISK"), ["s-warning"]),
        (LogFilter(contains="-INF"), ["f-info"]),
        (LogFilter(contains="Größe"), ["f-info"]),
        (LogFilter(contains="GRÖSSE"), []),
        (LogFilter(contains='"'), ["e-debug"]),
        (LogFilter(contains="reason"), []),
        (LogFilter(contains="%"), []),
        (LogFilter(services=frozenset({"nobody"})), []),
    ],
)
async def test_a_filter_lets_through_what_it_says(
    store: LogStore, wanted: LogFilter, expected: list[str]
) -> None:
    await store.append(
        [
            entry("f-info", service="feed", second=1, fields={"unit": "Größe"}),
            entry(
                "s-warning",
                second=2,
                level=Level.WARNING,
                trace_id=TRACE,
                fields={"reason": "the disk is full"},
            ),
            entry("e-debug", service="edge", second=3, level=Level.DEBUG, fields={"q": '"'}),
            entry("f-error", service="feed", second=4, level=Level.ERROR, trace_id=TRACE),
        ]
    )
    listed = (await store.query(wanted, PAGE)).records
    assert events(listed) == expected
    run = await store.read(wanted, after=0, limit=1000)
    assert events(run.records) == expected[::-1]


async def test_a_window_holds_its_start_and_not_its_end(store: LogStore) -> None:
    await store.append([entry(str(second), second=second) for second in range(5)])
    window = Window(limit=10, start=NOON + timedelta(seconds=1), end=NOON + timedelta(seconds=3))
    assert events((await store.query(ALL, window)).records) == ["2", "1"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    store: LogStore, size: int
) -> None:
    # Three of each second: a page may end between records of the same time.
    await store.append([entry(str(number), second=number // 3) for number in range(7)])
    found: list[str] = []
    window = Window(limit=size)
    while True:
        page = await store.query(ALL, window)
        assert len(page.records) <= size
        found += events(page.records)
        if page.end is None:
            break
        # What comes meanwhile is newer, and on no later page.
        await store.append([entry("newer", second=9)])
        window = replace(window, after=page.end)
    assert found == [str(number) for number in reversed(range(7))]


async def test_a_page_ends_after_so_many_records_looked_at_and_the_next_goes_on(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("memory", "sqlite.selecting"):
        monkeypatch.setattr(f"deltastream.adapters.logs.{module}.LOOKED_AT", 10)
    await store.append([entry("sought"), *(entry(second=1 + number) for number in range(25))])
    wanted, window, found, pages = LogFilter(contains="sought"), Window(limit=5), [], 0
    end: Cursor | None = None
    while pages == 0 or end is not None:
        page = await store.query(wanted, replace(window, after=end))
        found += events(page.records)
        end, pages = page.end, pages + 1
    assert (found, pages) == (["sought"], 3)


async def test_a_cursor_of_another_listing_is_refused(store: LogStore) -> None:
    with pytest.raises(PageTokenInvalidError):
        await store.query(ALL, Window(limit=1, after=Cursor(timestamp=NOON, key="NIFTY")))


async def test_a_run_continues_after_a_sequence_and_says_how_far_it_looked(
    store: LogStore,
) -> None:
    await store.append([entry(str(number), service="feed") for number in range(5)])
    first = await store.read(ALL, after=await store.newest() - 5, limit=2)
    assert (events(first.records), first.complete) == (["0", "1"], True)
    assert first.through == first.records[-1].sequence
    rest = await store.read(ALL, after=first.through, limit=10)
    assert events(rest.records) == ["2", "3", "4"]
    nothing = await store.read(
        LogFilter(services=frozenset({"edge"})), after=first.through, limit=10
    )
    assert (nothing.records, nothing.through) == ([], rest.through)
    end = await store.read(ALL, after=rest.through, limit=10)
    assert (end.records, end.through) == ([], rest.through)


async def test_it_never_holds_more_than_its_bound_and_drops_the_oldest_first(
    store: LogStore,
) -> None:
    dropped = 0
    for batch in range(40):
        told = await store.append(
            [entry(f"{batch}-{number}", fields={"text": "x" * 1000}) for number in range(50)]
        )
        assert set(told) <= {"storage"}
        dropped += sum(told.values())
    kept = (await store.read(ALL, after=0, limit=10_000)).records
    assert dropped + len(kept) == 2000
    assert 100 < len(kept) < 500
    written = [f"{batch}-{number}" for batch in range(40) for number in range(50)]
    assert events(kept) == written[-len(kept) :]


async def test_a_run_says_that_something_after_its_beginning_was_dropped(
    store: LogStore, clock: SettableClock
) -> None:
    begun = await store.newest()
    await store.append([entry("first"), entry("second")])
    assert (await store.read(ALL, after=begun, limit=10)).complete
    clock.pass_by(hours=1)
    first = (await store.read(ALL, after=begun, limit=1)).through
    await store.prune(before=clock(), limit=1)
    assert not (await store.read(ALL, after=begun, limit=10)).complete
    assert (await store.read(ALL, after=first, limit=10)).complete
    assert not (await store.read(ALL, after=0, limit=10)).complete


async def test_age_counts_from_arrival_and_pruning_goes_in_parts(
    store: LogStore, clock: SettableClock
) -> None:
    # One claims to be of tomorrow, one of long ago.
    await store.append([entry("a", second=86_400), entry("b", service="feed"), entry("c")])
    clock.pass_by(hours=2)
    await store.append([entry("young", second=-86_400)])
    before = clock() - timedelta(hours=1)
    assert await store.prune(before=before, limit=2) == {"storage": 1, "feed": 1}
    assert await store.prune(before=before, limit=2) == {"storage": 1}
    assert await store.prune(before=before, limit=2) == {}
    assert events((await store.query(ALL, PAGE)).records) == ["young"]


async def test_an_unknown_url_is_refused_with_what_to_write(clock: SettableClock) -> None:
    with pytest.raises(ValueError, match=r"sqlite:PATH or memory:"):
        await open_logs("postgres://somewhere", most_bytes=1, clock=clock)
