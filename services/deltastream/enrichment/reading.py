"""Reads the raw subjects of the products that are held, from where the group has got to."""

import asyncio
from collections.abc import Iterable
from typing import Final

from deltastream.domain.errors import LeaseLostError
from deltastream.domain.subjects import SubjectKind, product_of, subject_of
from deltastream.enrichment.candle_keeper import CandleKeeper
from deltastream.enrichment.holdings import Holdings
from deltastream.enrichment.ownership import GROUP
from deltastream.ports.bus import Bus, Entry

RAW_KINDS: Final = (SubjectKind.RAW_TICKS, SubjectKind.RAW_QUOTES, SubjectKind.RAW_CHAINS)
# What comes of a subject at once; all subjects together may bring a multiple of it.
_LIMIT: Final = 32
# A product that was granted meanwhile is not read before this is over.
_WAIT_SECONDS: Final = 0.2


class Reader:
    """Takes up the subjects of products as they are granted, and reads what comes on them.

    Ticks are taken up when the product's candles are ready to go on; nothing else waits.
    """

    def __init__(self, *, bus: Bus, holdings: Holdings, candles: CandleKeeper) -> None:
        self._bus = bus
        self._holdings = holdings
        self._candles = candles
        self._begun: dict[str, tuple[int, int]] = {}

    async def next(self) -> list[Entry]:
        """Return what has come since, in order within each subject; nothing after a short wait.

        What is returned counts as read only when it is begun.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        await self._take_up()
        positions = {
            subject: position
            for holding in self._holdings.staying.values()
            for subject, position in holding.positions.items()
        }
        if not positions:
            await asyncio.sleep(_WAIT_SECONDS)
            return []
        return await self._bus.tail(positions, limit=_LIMIT, wait=_WAIT_SECONDS)

    async def _take_up(self) -> None:
        fresh = {
            subject: holding
            for product, holding in self._holdings.staying.items()
            for kind in RAW_KINDS
            if (subject := subject_of(kind, product)) not in holding.positions
            and (not has_ticks(subject) or self._candles.prepare(product))
        }
        if not fresh:
            return
        leases = {holding.lease for holding in fresh.values()}
        try:
            starts = await self._bus.take_up(GROUP, tuple(fresh), under=tuple(leases))
        except LeaseLostError as error:
            self._holdings.lose(error.names, leases)
            return
        for subject, start in starts.items():
            fresh[subject].positions[subject] = start.position
            ended = start.attempts - self._own_attempts(subject, start.position)
            if ended > 0:
                fresh[subject].suspects[subject] = ended

    def _own_attempts(self, subject: str, position: int) -> int:
        """Count, and return, how often this process has begun at a position: it has outlived it."""
        begun = self._begun.get(subject)
        times = begun[1] + 1 if begun is not None and begun[0] == position else 1
        self._begun[subject] = position, times
        return times


def has_ticks(subject: str) -> bool:
    """Say whether a raw subject is one of ticks."""
    return subject.startswith(f"{SubjectKind.RAW_TICKS}:")


def ticking_products(entries: Iterable[Entry]) -> set[str]:
    """Return the products of which there are ticks among some raw entries."""
    return {product_of(entry.subject) for entry in entries if has_ticks(entry.subject)}
