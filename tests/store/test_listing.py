"""Listings: newest first, in a window."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

import pytest
from tests.store.market_events import (
    EVERYTHING,
    FAR,
    NEAR,
    SYMBOL,
    at,
    candle,
    chain,
    facts,
    figure_facts,
    quote,
    tick,
)

from deltastream.domain.errors import PageTokenInvalidError
from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import LegFigures
from deltastream.ports.store import Cursor, MarketStore, Window

BETWEEN = date(2026, 1, 30)


def places(chains: Sequence[EnrichedChain]) -> list[tuple[datetime, date]]:
    return [(each.chain.timestamp, each.chain.expiry) for each in chains]


async def test_ticks_are_listed_newest_first_and_ties_by_sequence(store: MarketStore) -> None:
    late = tick(2, seconds=9)
    ties = [tick(sequence, seconds=5) for sequence in (1, 3, 10)]
    early = tick(11, seconds=1)
    await store.put_ticks([ties[2], early, ties[0], late, ties[1]])
    assert await store.ticks("NIFTY", EVERYTHING) == [late, *ties, early]


async def test_chains_are_listed_newest_first_and_ties_by_expiry(store: MarketStore) -> None:
    await store.put_chains(
        [
            chain(0, sequence=6, expiry=FAR),
            chain(1, sequence=5, expiry=FAR),
            chain(1, sequence=2, expiry=NEAR),
            chain(1, sequence=3, expiry=BETWEEN),
            chain(0, sequence=9, expiry=NEAR),
        ]
    )
    listed = await store.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert places(listed) == [
        (at(1), NEAR),
        (at(1), BETWEEN),
        (at(1), FAR),
        (at(0), NEAR),
        (at(0), FAR),
    ]


async def test_chains_of_one_expiry_are_only_those(store: MarketStore) -> None:
    await store.put_chains(
        [
            chain(0, sequence=1),
            chain(1, sequence=2, expiry=FAR),
            chain(2, sequence=3),
            chain(2, sequence=4, product="AAPL"),
        ]
    )
    listed = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=False)
    assert places(listed) == [(at(2), NEAR), (at(0), NEAR)]


async def test_the_latest_is_a_window_of_one(store: MarketStore) -> None:
    await store.put_chains([chain(seconds, sequence=seconds + 1) for seconds in range(3)])
    latest = await store.chains("NIFTY", NEAR, Window(limit=1), with_legs=True)
    assert [facts(each) for each in latest] == [facts(chain(2, sequence=3))]


async def test_without_legs_a_chain_has_all_but_its_legs(store: MarketStore) -> None:
    await store.put_chains([chain(0, sequence=1)])
    (full,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=True)
    (summary,) = await store.chains("NIFTY", NEAR, EVERYTHING, with_legs=False)
    assert (len(full.chain.calls), len(full.chain.puts)) == (3, 2)
    assert (len(summary.chain.calls), len(summary.chain.puts)) == (0, 0)
    nothing = figure_facts(LegFigures.none(0))
    without = {
        "calls": (0, b""),
        "puts": (0, b""),
        "call_figures": nothing,
        "put_figures": nothing,
    }
    assert facts(summary) == facts(full) | without


async def test_quotes_and_candles_are_listed_newest_first(store: MarketStore) -> None:
    await store.put_quotes([quote(seconds, sequence=9 - seconds) for seconds in (1, 3, 2)])
    listed = await store.quotes(SYMBOL, EVERYTHING)
    assert [each.timestamp for each in listed] == [at(3), at(2), at(1)]
    await store.put_candles([candle(seconds) for seconds in (60, 180, 120)])
    assert [each.start for each in await store.candles("NIFTY", 1, EVERYTHING)] == [
        at(180),
        at(120),
        at(60),
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, [3, 2, 1, 0]),
        (1, None, [3, 2, 1]),
        (None, 2, [1, 0]),
        (1, 3, [2, 1]),
        (1.000001, 3.000001, [3, 2]),
        (2, 2, []),
        (3, 1, []),
        (4, None, []),
    ],
)
async def test_a_window_includes_its_start_and_not_its_end(
    store: MarketStore, start: float | None, end: float | None, expected: list[int]
) -> None:
    window = Window(
        limit=10,
        start=None if start is None else at(start),
        end=None if end is None else at(end),
    )
    await store.put_ticks([tick(seconds) for seconds in range(4)])
    await store.put_quotes([quote(seconds, sequence=1) for seconds in range(4)])
    await store.put_chains([chain(seconds, sequence=1) for seconds in range(4)])
    await store.put_candles([candle(seconds) for seconds in range(4)])
    times = [at(seconds) for seconds in expected]
    assert [each.timestamp for each in await store.ticks("NIFTY", window)] == times
    assert [each.timestamp for each in await store.quotes(SYMBOL, window)] == times
    assert [each.start for each in await store.candles("NIFTY", 1, window)] == times
    for expiry in (None, NEAR):
        chains = await store.chains("NIFTY", expiry, window, with_legs=False)
        assert [each.chain.timestamp for each in chains] == times


async def test_a_window_may_be_stated_in_any_time_zone(store: MarketStore) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    await store.put_ticks([tick(1, timestamp=at(1).astimezone(india)), tick(2)])
    window = Window(limit=10, start=at(1).astimezone(india), end=at(2).astimezone(india))
    assert await store.ticks("NIFTY", window) == [tick(1)]
    (listed,) = await store.ticks("NIFTY", window)
    assert listed.timestamp.tzinfo is UTC


async def test_a_window_is_cut_at_its_limit(store: MarketStore) -> None:
    await store.put_ticks([tick(sequence) for sequence in range(10)])
    assert await store.ticks("NIFTY", Window(limit=3)) == [tick(9), tick(8), tick(7)]


async def test_a_window_of_nothing_is_refused(store: MarketStore) -> None:
    await store.put_ticks([tick(1)])
    for limit in (0, -1):
        with pytest.raises(ValueError, match=f"at least 1 row, not {limit}"):
            await store.ticks("NIFTY", Window(limit=limit))


async def test_what_is_unknown_has_empty_listings(store: MarketStore) -> None:
    await store.put_ticks([tick(1)])
    await store.put_chains([chain(0, sequence=1)])
    assert await store.ticks("UNKNOWN", EVERYTHING) == []
    assert await store.quotes(SYMBOL, EVERYTHING) == []
    assert await store.chains("UNKNOWN", None, EVERYTHING, with_legs=True) == []
    assert await store.chains("NIFTY", FAR, EVERYTHING, with_legs=True) == []


@pytest.mark.parametrize("key", ["", "x", "1.5", "-1", "9" * 19, "9" * 5000, "\ud800"])
async def test_a_cursor_of_another_listing_is_refused(store: MarketStore, key: str) -> None:
    window = Window(limit=1, after=Cursor(timestamp=at(0), key=key))
    for read in (
        partial(store.ticks, "NIFTY"),
        partial(store.chains, "NIFTY", None, with_legs=False),
    ):
        with pytest.raises(PageTokenInvalidError):
            await read(window=window)
