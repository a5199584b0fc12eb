"""Candles of windows in which nothing traded."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from deltastream.domain.calendar.interval import Interval
from deltastream.domain.candles.windows import MINUTE, window_start
from deltastream.domain.events import Candle
from deltastream.domain.instants import instant_of, moment_of


def fill(candles: Sequence[Candle], *, sessions: Sequence[Interval]) -> list[Candle]:
    """Add a flat candle for each window between the first and the last in which nothing traded.

    It stands at the previous close, with no tick, and is marked as imputed; its volume is 0 where
    the source states volumes, and absent where it does not. Only windows that a session overlaps
    get one: outside of sessions nothing can trade.

    Args:
        candles: of one product and length, ascending by start.
        sessions: when the exchange trades, ascending, none overlapping another.

    Raises:
        ValueError: the candles are of several products or lengths, or do not ascend.
    """
    filled = list(candles[:1])
    for before, after in pairwise(candles):
        _check(before, after)
        filled += [_flat(before, start) for start in _starts_between(before, after, sessions)]
        filled.append(after)
    return filled


def _check(before: Candle, after: Candle) -> None:
    kinds = {(candle.product, candle.window_minutes) for candle in (before, after)}
    if len(kinds) > 1:
        raise ValueError(f"candles of one product and length are wanted, not of {sorted(kinds)}")
    if after.start < _end_of(before):
        raise ValueError(f"the candle of {after.start} does not follow that of {before.start}")


def _starts_between(
    before: Candle, after: Candle, sessions: Sequence[Interval]
) -> Iterator[datetime]:
    """Yield the starts of windows between two candles that a session overlaps."""
    length = before.window_minutes * MINUTE
    start, last = instant_of(_end_of(before)), instant_of(after.start)
    following = bisect_right(sessions, _end_of(before), key=lambda session: session.end)
    for session in sessions[following:]:
        start = max(start, window_start(instant_of(session.start), length))
        end = min(last, instant_of(session.end))
        while start < end:
            yield moment_of(start)
            start += length
        if session.end >= after.start:
            return


def _flat(before: Candle, start: datetime) -> Candle:
    return Candle(
        product=before.product,
        window_minutes=before.window_minutes,
        start=start,
        open=before.close,
        high=before.close,
        low=before.close,
        close=before.close,
        tick_count=0,
        volume=None if before.volume is None else 0.0,
        final=True,
        imputed=True,
    )


def _end_of(candle: Candle) -> datetime:
    return candle.start + timedelta(minutes=candle.window_minutes)
