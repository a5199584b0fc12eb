"""Bounds how many dead letters are held."""

import asyncio
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.measures import note_dropped_letters
from deltastream.log_library import structlog
from deltastream.runtime.backlog_alarm import BacklogAlarm

_log = structlog.get_logger()
_INTERVAL: Final = 5.0


class LetterLimit:
    """Drops the oldest dead letters beyond a number, and says so, because these are lost.

    Without an end to it, a cause that gives up every event of a product would fill the bus, and
    stop all the others too. At 80 % it is logged that letters are many, at 100 % that they are as
    many as may be, and whenever some are dropped how many.
    """

    def __init__(self, letters: LetterBox, *, most: int) -> None:
        """Say how many may be held; several replicas may hold to it at once."""
        self._letters = letters
        self._most = most
        self._alarm = BacklogAlarm(limit=most)

    async def run(self, *, interval: float = _INTERVAL) -> None:
        """Hold to the limit until cancelled; a bus that is away is asked again later."""
        while True:
            await asyncio.sleep(interval)
            try:
                await self.hold()
            except DependencyUnavailableError:
                continue

    async def hold(self) -> None:
        """Drop what is too many.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        self._alarm.observe(DEAD_LETTERS, held=await self._letters.count())
        dropped = await self._letters.keep_newest(self._most)
        if dropped:
            note_dropped_letters(dropped)
            _log.error("dead_letters_dropped", dropped=dropped, limit=self._most)
