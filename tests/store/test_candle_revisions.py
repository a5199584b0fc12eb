"""Which of two candles of one window holds."""

import pytest
from tests.store.market_events import EVERYTHING, at, candle

from deltastream.domain.events import Candle
from deltastream.ports.store import MarketStore, Window, Written

FINAL = candle(0, final=True, tick_count=5)
REPLACING = [
    pytest.param(candle(0, tick_count=3), candle(0, tick_count=4), id="more ticks"),
    pytest.param(candle(0, tick_count=9), FINAL, id="final over provisional"),
    pytest.param(FINAL, candle(0, final=True, revision=1, close=8.0), id="next revision"),
    pytest.param(FINAL, candle(0, final=False, revision=1), id="next revision, provisional"),
]


async def one(store: MarketStore) -> Candle:
    (stored,) = await store.candles("NIFTY", 1, EVERYTHING)
    return stored


@pytest.mark.parametrize(("older", "newer"), REPLACING)
async def test_the_newer_candle_replaces_the_older(
    store: MarketStore, older: Candle, newer: Candle
) -> None:
    await store.put_candles([older])
    assert await store.put_candles([newer]) == Written(stored=1, unchanged=0)
    assert await one(store) == newer


@pytest.mark.parametrize(("older", "newer"), REPLACING)
async def test_the_older_candle_never_replaces_the_newer(
    store: MarketStore, older: Candle, newer: Candle
) -> None:
    await store.put_candles([newer])
    assert await store.put_candles([older]) == Written(stored=0, unchanged=1)
    assert await one(store) == newer


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("older", "newer"), REPLACING)
async def test_the_newer_candle_of_a_batch_holds_in_any_order(
    store: MarketStore, older: Candle, newer: Candle, *, backwards: bool
) -> None:
    batch = [newer, older] if backwards else [older, newer]
    assert await store.put_candles(batch) == Written(stored=1, unchanged=1)
    assert await one(store) == newer
    assert await store.put_candles(batch) == Written(stored=0, unchanged=2)


async def test_a_final_candle_is_not_edited_within_its_revision(store: MarketStore) -> None:
    await store.put_candles([FINAL])
    edited = candle(0, final=True, tick_count=99, close=1.0)
    assert await store.put_candles([edited]) == Written(stored=0, unchanged=1)
    assert await one(store) == FINAL


async def test_lengths_and_products_have_candles_of_their_own(store: MarketStore) -> None:
    candles = [candle(0), candle(0, window_minutes=5), candle(0, product="AAPL")]
    assert (await store.put_candles(candles)).stored == 3
    assert await store.candles("NIFTY", 1, EVERYTHING) == [candles[0]]
    assert await store.candles("NIFTY", 5, EVERYTHING) == [candles[1]]
    assert await store.candles("AAPL", 1, EVERYTHING) == [candles[2]]
    assert await store.candles("AAPL", 5, EVERYTHING) == []


async def test_candles_are_listed_by_their_start(store: MarketStore) -> None:
    await store.put_candles([candle(0), candle(120), candle(60)])
    window = Window(limit=10, start=at(60), end=at(120))
    assert await store.candles("NIFTY", 1, window) == [candle(60)]
