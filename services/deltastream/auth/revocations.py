"""What ended before the access tokens that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deltastream.ports.clock import Clock
from deltastream.ports.users import UserDatabase

_MARGIN: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Access tokens of a subject that were issued before a moment are refused.

    Attributes:
        subject: "session/ID", "key/ID" or "user/ID".
    """

    subject: str
    before: datetime


class Revocations:
    """Lists them from the records themselves, so that nothing can end without being listed."""

    def __init__(self, *, database: UserDatabase, lifetime: timedelta, clock: Clock) -> None:
        self._database = database
        self._lifetime = lifetime
        self._clock = clock

    async def current(self) -> Sequence[Revocation]:
        """Return those that still matter: a token that they end could otherwise be accepted."""
        since = self._clock() - self.kept
        sessions = await self._database.sessions.ended_since(since)
        keys = await self._database.api_keys.deleted_since(since)
        users = await self._database.users.refusing_since(since)
        return [
            *(_gone(f"session/{each.id}", each.ended_at) for each in sessions if each.ended_at),
            *(_gone(f"key/{each.id}", each.deleted_at) for each in keys if each.deleted_at),
            *(
                Revocation(subject=f"user/{each.id}", before=each.tokens_before)
                for each in users
                if each.tokens_before
            ),
        ]

    @property
    def kept(self) -> timedelta:
        """How long a revocation matters."""
        return self._lifetime + _MARGIN


def _gone(subject: str, at: datetime) -> Revocation:
    """Say what does not come back.

    No token is issued for it any more, so that the moment may lie ahead of its end: a token that
    was being issued meanwhile is refused too.
    """
    ahead = at + _MARGIN
    return Revocation(
        subject=subject, before=ahead - timedelta(microseconds=ahead.microsecond % 1000)
    )
