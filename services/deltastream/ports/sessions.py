"""Sessions: what a user began by logging in, and goes on with by refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """The replacement of a session's refresh token by the next one.

    Attributes:
        digest: of the new token's secret.
        salt: what the new secret was derived with from the old one.
        at: when.
        expires_at: when the session ends now, if it is not refreshed.
    """

    digest: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, and what its refresh tokens are recognised by: never the tokens themselves.

    Attributes:
        family_digest: of the secret that all its refresh tokens share.
        digest: of the secret of the token that is to be used next.
        previous_digest: of the one that this replaced; None before the first refresh.
        salt: what the next secret was derived with from the previous one.
        rotated_at: when it was replaced.
        expires_at: when the session ends by itself.
        ended_at: when it was ended before that; None while it was not.
    """

    id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    family_digest: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    previous_digest: bytes | None = field(default=None, repr=False)
    salt: bytes | None = field(default=None, repr=False)
    rotated_at: datetime | None = None
    ended_at: datetime | None = None


class SessionStore(Protocol):
    """The sessions of all accounts. One that has ended stays until it is purged."""

    async def add(self, session: Session, *, most: int) -> int:
        """Store a new session, and end the oldest of its account that are more than `most`.

        What has ended or expired does not count, and of sessions that are added at once no more
        than `most` go on either.

        Returns:
            How many were ended, at the moment at which the new one was made.
        """
        ...

    async def by_id(self, session_id: str) -> Session | None:
        """Return the session of an id."""
        ...

    async def rotate(self, session_id: str, rotation: Rotation, *, instead_of: bytes) -> bool:
        """Compare and set: replace the token if its digest still is the one that is given.

        Of callers that race with one token, one succeeds. A session that has ended rotates no
        more.
        """
        ...

    async def end(self, session_id: str, *, at: datetime) -> bool:
        """End a session, and say whether it went on until now."""
        ...

    async def end_all(self, user_id: str, *, at: datetime) -> int:
        """End each session of an account that goes on, and return how many those are."""
        ...

    async def ended_since(self, moment: datetime) -> Sequence[Session]:
        """Return the sessions that were ended at or after a moment."""
        ...

    async def purge(self, *, before: datetime) -> int:
        """Forget the sessions that ended before a moment, by whatever, and return how many."""
        ...
