"""Deletes what is past its age, beside everything else that storage does."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.store import Kind, MarketStore
from deltastream.runtime.ages import write_age
from deltastream.storage.sweeps import Sweep, sweeps

_log = structlog.get_logger()
_ROUND_SECONDS: Final = 60.0
_REST: Final = 4.0
"""How many times as long as a part took is rested after it: writers have the database for at least
four fifths of the time."""
_SHORTEST_REST: Final = 0.01


class Retention:
    """Prunes each kind by its age, round after round.

    A round deletes everything that is past its age by then, in small parts with rests between
    them; of chains, the last of each half day has an age of its own. Rounds are about a minute
    apart, at random, so that several processes on one database seldom prune at once; that does no
    harm, it saves nothing either. A store that is away ends the round, and the next one tries
    again.
    """

    def __init__(
        self,
        store: MarketStore,
        *,
        ages: Mapping[Kind, timedelta | None],
        closes: timedelta | None,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        seconds: Callable[[], float],
    ) -> None:
        """Say what is kept for how long.

        Args:
            store: what is pruned.
            ages: of each kind, None for those that stay forever.
            closes: the age of closes, where it is longer than that of chains.
            clock: the present, which ages are counted back from.
            sleep: waits some seconds.
            random: draws from 0 to 1, for the time between rounds.
            seconds: a clock that only goes forward, for how long a part took.
        """
        self._ages = {kind.value: age for kind, age in ages.items()} | {"closes": closes}
        self._sweeps = list(sweeps(store, ages, closes=closes))
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._seconds = seconds

    async def run(self) -> None:
        """Prune until cancelled."""
        _log.info("retention", **{name: write_age(age) for name, age in self._ages.items()})
        if not self._sweeps:
            return
        while True:
            await self._sleep(_ROUND_SECONDS * (0.5 + self._random()))
            await self.prune()

    async def prune(self) -> None:
        """Delete all that is past its age."""
        done: dict[str, int] = {}
        begun = self._seconds()
        try:
            for each in self._sweeps:
                if rows := await self._carry_out(each):
                    done[each.name] = rows
        except DependencyUnavailableError as error:
            _log.warning("pruning_interrupted", error=str(error), **done)
            return
        if done:
            _log.info("pruned", seconds=round(self._seconds() - begun, 3), **done)

    async def _carry_out(self, sweep: Sweep) -> int:
        """Do a sweep with all that came longer ago than its age; return how many rows."""
        before, rows = self._clock() - sweep.age, 0
        while True:
            begun = self._seconds()
            part = await sweep.work(before=before, limit=sweep.part)
            rows += part
            if part < sweep.part:
                return rows
            took = self._seconds() - begun
            await self._sleep(max(_SHORTEST_REST, _REST * took))
