"""How long a million ticks take to become candles of all four lengths, on one thread."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from benchmarks.report import Figure, median

from deltastream.domain.candles.book import CandleBook
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.ticks import Ticks

_PRODUCTS: Final = 8
_TICKS: Final = 1_000_000
_SECONDS: Final = 6 * 3600
_BEGIN: Final = 1_769_140_800_000_000
_JITTER: Final = 1_000_000
_SMALL_BATCH: Final = 100
_REPETITIONS: Final = 5
_SEED: Final = 7


def candle_figures() -> list[Figure]:
    """Merge the ticks of a trading day of 8 products, out of order by up to a second."""
    rng = np.random.default_rng(_SEED)
    products = [_day(rng) for _ in range(_PRODUCTS)]
    one_batch = median([_seconds(partial(_merge, products)) for _ in range(_REPETITIONS)])
    batches = [_split(ticks, _SMALL_BATCH) for ticks in products]
    small = [part for parts in batches for part in parts]
    in_batches = median([_seconds(partial(_merge_each, batches)) for _ in range(_REPETITIONS)])
    return [
        Figure(
            name="candles: 1 M ticks of 8 products, all lengths",
            value=one_batch,
            unit="s",
            wanted="at most 1",
        ),
        Figure(
            name=f"candles: the same in batches of {_SMALL_BATCH}",
            value=in_batches,
            unit="s",
        ),
        Figure(
            name=f"candles: a batch of {_SMALL_BATCH}",
            value=1e6 * in_batches / len(small),
            unit="µs",
        ),
    ]


def _merge(products: list[Ticks]) -> None:
    for ticks in products:
        _book().apply(ticks, now=0.0)


def _merge_each(products: list[list[Ticks]]) -> None:
    for batches in products:
        book = _book()
        for batch in batches:
            book.apply(batch, now=0.0)


def _book() -> CandleBook:
    return CandleBook(product="NIFTY", policy=LatenessPolicy())


def _day(rng: np.random.Generator) -> Ticks:
    count = _TICKS // _PRODUCTS
    times = np.sort(rng.integers(0, _SECONDS * 1_000_000, count))
    return Ticks(
        times=_BEGIN + times - rng.integers(0, _JITTER, count),
        sequences=np.arange(1, count + 1),
        prices=20_000 * np.exp(np.cumsum(rng.normal(0, 1e-5, count))),
        volumes=rng.integers(1, 100, count).astype(float),
    )


def _split(ticks: Ticks, size: int) -> list[Ticks]:
    return [ticks.take(np.arange(at, at + size)) for at in range(0, len(ticks), size)]


def _seconds(action: Callable[[], None]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin
