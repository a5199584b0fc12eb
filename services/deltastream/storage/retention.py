"""Deletes what is past its age, beside everything else that storage does."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.store import Kind, MarketStore
from deltastream.runtime.ages import write_age

_log = structlog.get_logger()
_ROUND_SECONDS: Final = 60.0
_REST: Final = 4.0
"""How many times as long as a part took is rested after it: writers have the database for at least
four fifths of the time."""
_SHORTEST_REST: Final = 0.01
_PARTS: Final[Mapping[Kind, int]] = {
    Kind.TICKS: 1000,
    Kind.QUOTES: 500,
    # A chain of many strikes is spread over many pages, and each is read to be freed.
    Kind.CHAINS: 20,
    Kind.CANDLES: 500,
}
"""Rows deleted in one transaction: a few milliseconds of work."""


class Retention:
    """Prunes each kind by its age, round after round.

    A round deletes everything that is past its age by then, in small parts with rests between
    them. Rounds are about a minute apart, at random, so that several processes on one database
    seldom prune at once; that does no harm, it saves nothing either. A store that is away ends the
    round, and the next one tries again.
    """

    def __init__(
        self,
        store: MarketStore,
        *,
        ages: Mapping[Kind, timedelta | None],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        seconds: Callable[[], float],
    ) -> None:
        """Say what is kept for how long.

        Args:
            store: what is pruned.
            ages: of each kind, None for those that stay forever.
            clock: the present, which ages are counted back from.
            sleep: waits some seconds.
            random: draws from 0 to 1, for the time between rounds.
            seconds: a clock that only goes forward, for how long a part took.
        """
        self._store = store
        self._ages = ages
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._seconds = seconds

    async def run(self) -> None:
        """Prune until cancelled."""
        _log.info("retention", **{kind.value: write_age(age) for kind, age in self._ages.items()})
        if all(age is None for age in self._ages.values()):
            return
        while True:
            await self._sleep(_ROUND_SECONDS * (0.5 + self._random()))
            await self.prune()

    async def prune(self) -> None:
        """Delete all that is past its age."""
        deleted: dict[str, int] = {}
        begun = self._seconds()
        try:
            for kind, age in self._ages.items():
                if age is not None and (rows := await self._prune_kind(kind, age)):
                    deleted[kind.value] = rows
        except DependencyUnavailableError as error:
            _log.warning("pruning_interrupted", error=str(error), **deleted)
            return
        if deleted:
            _log.info("pruned", seconds=round(self._seconds() - begun, 3), **deleted)

    async def _prune_kind(self, kind: Kind, age: timedelta) -> int:
        """Delete everything of a kind that came longer ago than its age; return how many rows."""
        before, part, deleted = self._clock() - age, _PARTS[kind], 0
        while True:
            begun = self._seconds()
            rows = await self._store.prune(kind, before=before, limit=part)
            deleted += rows
            if rows < part:
                return deleted
            took = self._seconds() - begun
            await self._sleep(max(_SHORTEST_REST, _REST * took))
