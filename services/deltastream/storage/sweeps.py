"""What goes at what age."""

from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from deltastream.ports.store import Kind, MarketStore

_PARTS: Final[Mapping[Kind, int]] = {
    Kind.TICKS: 1000,
    Kind.QUOTES: 500,
    # A chain of many strikes is spread over many pages, and each is read to be freed.
    Kind.CHAINS: 20,
    Kind.CANDLES: 500,
}
"""Rows deleted in one transaction: a few milliseconds of work."""


class _Part(Protocol):
    """Deals with up to `limit` rows that came before a moment; returns how many these were."""

    def __call__(self, *, before: datetime, limit: int) -> Awaitable[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What is done with all rows of a kind that are past an age.

    Attributes:
        name: what the log calls it.
        age: of the youngest that it is done with.
        part: how many at a time.
        work: does it; all is done when it returns less than its limit.
    """

    name: str
    age: timedelta
    part: int
    work: _Part


def sweeps(
    store: MarketStore, ages: Mapping[Kind, timedelta | None], *, closes: timedelta | None
) -> Iterator[Sweep]:
    """Yield what keeps a store to its ages, of which None is forever.

    Args:
        store: what is swept.
        ages: of each kind.
        closes: of the last chain of each half day. Where that is no longer than chains are kept,
            closes go as all chains do.
    """
    for kind, age in ages.items():
        if age is None:
            continue
        part, thinned = _PARTS[kind], kind is Kind.CHAINS and (closes is None or closes > age)
        last = closes if thinned else age
        if last is not None:
            yield Sweep(name=kind.value, age=last, part=part, work=partial(store.prune, kind))
        if thinned:
            yield Sweep(name="thinned", age=age, part=part, work=store.thin_chains)
