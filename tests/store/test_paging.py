"""Pages of a listing together are the listing: no gap, no repetition, while rows are added."""

from dataclasses import replace
from datetime import date
from functools import partial
from itertools import count

import pytest
from tests.store.market_events import EVERYTHING, SYMBOL, at, candle, chain, facts, quote, tick
from tests.store.paging import after_candle, after_chain, after_quote, after_tick, all_rows, pages

from deltastream.ports.store import MarketStore, Window

LIMITS = [1, 2, 3, 5, 100]
EXPIRIES = [date(2026, 1, day) for day in (27, 29, 30)]
WINDOWS = [
    pytest.param(None, None, id="everything"),
    pytest.param(2, None, id="from a start"),
    pytest.param(None, 5, id="to an end"),
    pytest.param(2, 5, id="between"),
]


def window_of(limit: int, start: float | None, end: float | None) -> Window:
    return Window(
        limit=limit,
        start=None if start is None else at(start),
        end=None if end is None else at(end),
    )


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("start", "end"), WINDOWS)
async def test_pages_of_ticks_are_the_listing(
    store: MarketStore, limit: int, start: float | None, end: float | None
) -> None:
    await store.put_ticks([tick(sequence, seconds=sequence // 3) for sequence in range(24)])
    read = partial(store.ticks, "NIFTY")
    whole = await read(window_of(1000, start, end))
    assert len(whole) == 3 * len(range(2 if start else 0, 5 if end else 8))
    assert await all_rows(read, window_of(limit, start, end), after_tick) == whole


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("start", "end"), WINDOWS)
@pytest.mark.parametrize("expiry", [None, EXPIRIES[1]])
async def test_pages_of_chains_are_the_listing(
    store: MarketStore, limit: int, start: float | None, end: float | None, expiry: date | None
) -> None:
    sequences = count(1)
    await store.put_chains(
        [
            chain(seconds, sequence=next(sequences), expiry=each)
            for each in EXPIRIES
            for seconds in range(8)
        ]
    )
    read = partial(store.chains, "NIFTY", expiry, with_legs=False)
    whole = await read(window_of(1000, start, end))
    assert len(whole) == (1 if expiry else 3) * len(range(2 if start else 0, 5 if end else 8))
    paged = await all_rows(read, window_of(limit, start, end), after_chain)
    assert [facts(each) for each in paged] == [facts(each) for each in whole]


@pytest.mark.parametrize("limit", LIMITS)
async def test_pages_of_quotes_and_candles_are_the_listing(store: MarketStore, limit: int) -> None:
    await store.put_quotes([quote(seconds, sequence=1) for seconds in range(7)])
    await store.put_candles([candle(seconds) for seconds in range(7)])
    quotes = partial(store.quotes, SYMBOL)
    candles = partial(store.candles, "NIFTY", 1)
    whole = await quotes(EVERYTHING)
    assert len(whole) == 7
    assert await all_rows(quotes, Window(limit=limit), after_quote) == whole
    starts = [each.start for each in await all_rows(candles, Window(limit=limit), after_candle)]
    assert starts == [each.timestamp for each in whole]


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_rows_that_are_added_disturb_no_page(store: MarketStore, limit: int) -> None:
    before = [tick(sequence, seconds=sequence // 4) for sequence in range(100, 140)]
    await store.put_ticks(before)
    low, high = count(1), count(1000)
    seen = []
    async for page in pages(partial(store.ticks, "NIFTY"), Window(limit=limit), after_tick):
        seen += page
        newest = tick(next(high), timestamp=at(99))
        passed = tick(next(low), timestamp=page[-1].timestamp)
        await store.put_ticks([newest, passed])
    in_order = sorted(before, key=lambda each: each.sequence)
    in_order.sort(key=lambda each: each.timestamp, reverse=True)
    assert seen == in_order


async def test_rows_that_are_added_ahead_of_a_page_are_in_it(store: MarketStore) -> None:
    await store.put_ticks([tick(5, seconds=5), tick(1, seconds=1)])
    (first,) = await store.ticks("NIFTY", Window(limit=1))
    tied, older = tick(9, seconds=5), tick(8, seconds=3)
    await store.put_ticks([older, tied])
    rest = await store.ticks("NIFTY", Window(limit=9, after=after_tick(first)))
    assert rest == [tied, older, tick(1, seconds=1)]


async def test_chains_that_are_added_disturb_no_page(store: MarketStore) -> None:
    sequences = count(1)
    before = [
        chain(seconds, sequence=next(sequences), expiry=expiry)
        for seconds in range(6)
        for expiry in EXPIRIES
    ]
    await store.put_chains(before)
    read = partial(store.chains, "NIFTY", None, with_legs=False)
    seen = []
    newer = count(100)
    async for page in pages(read, Window(limit=2), after_chain):
        seen += [after_chain(each) for each in page]
        now = next(newer)
        await store.put_chains([chain(now, sequence=next(sequences), expiry=EXPIRIES[0])])
    in_order = sorted(before, key=lambda each: each.chain.expiry)
    in_order.sort(key=lambda each: each.chain.timestamp, reverse=True)
    assert seen == [after_chain(each) for each in in_order]


async def test_a_cursor_outside_the_window_does_not_widen_it(store: MarketStore) -> None:
    await store.put_ticks([tick(seconds) for seconds in range(9)])
    beyond, before = after_tick(tick(8)), after_tick(tick(1))
    window = Window(limit=100, start=at(3), end=at(5))
    assert await store.ticks("NIFTY", replace(window, after=beyond)) == [tick(4), tick(3)]
    assert await store.ticks("NIFTY", replace(window, after=before)) == []
