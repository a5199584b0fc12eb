"""Forgets sessions and keys that nothing asks for any more."""

import asyncio
from datetime import timedelta
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.users import UserDatabase

_log = structlog.get_logger()

_EVERY_SECONDS: Final = 3600.0


async def forget_what_ended(
    database: UserDatabase, *, kept: timedelta, clock: Clock, interval: float = _EVERY_SECONDS
) -> None:
    """Forget what ended longer ago than its revocation matters, each hour, for ever."""
    while True:
        before = clock() - kept
        try:
            sessions = await database.sessions.purge(before=before)
            keys = await database.api_keys.purge(before=before)
        except DependencyUnavailableError as error:
            _log.warning("upkeep_failed", error=str(error))
        else:
            _log.info("upkeep_done", sessions_forgotten=sessions, keys_forgotten=keys)
        await asyncio.sleep(interval)
