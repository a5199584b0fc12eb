"""Sessions: begun by a password, gone on with by refresh tokens that are used once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from deltastream.auth.refresh_tokens import (
    SALT_BYTES,
    RefreshToken,
    new_refresh_token,
    read_refresh_token,
)
from deltastream.domain.errors import (
    CredentialsInvalidError,
    DependencyUnavailableError,
    TokenExpiredError,
)
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.sessions import Rotation, Session, SessionStore

_log = structlog.get_logger()

MOST_SESSIONS: Final = 50
"""How many sessions of one account go on; one more ends the oldest."""
LOST_REPLY: Final = timedelta(seconds=10)
"""For how long the token that was replaced is given the same successor again."""
_INVALID: Final = "the refresh token is not valid; log in again"
# Who loses a race with one token finds the outcome at the second look.
_LOOKS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLifetime:
    """How long a session lasts.

    Attributes:
        idle: without a refresh.
        absolute: at most.
    """

    idle: timedelta
    absolute: timedelta


class Sessions:
    """The sessions of all accounts: what a refresh token is worth."""

    def __init__(self, *, store: SessionStore, lifetime: SessionLifetime, clock: Clock) -> None:
        self._store = store
        self._lifetime = lifetime
        self._clock = clock

    async def begin(self, user_id: str) -> RefreshToken:
        """Begin a session, and return its first token.

        One too many ends the oldest: whoever has forgotten to log out is not kept from logging in,
        and who has the password cannot fill the store.
        """
        token, now = new_refresh_token(), self._clock()
        session = Session(
            id=token.session_id,
            user_id=user_id,
            created_at=now,
            expires_at=self._end_of(now, now),
            family_digest=token.family_digest,
            digest=token.digest,
        )
        ended = await self._store.add(session, most=MOST_SESSIONS)
        if ended:
            _log.info("oldest_sessions_ended", user=user_id, sessions=ended)
        return token

    async def refresh(self, text: str) -> tuple[Session, RefreshToken]:
        """Replace a refresh token by its successor; return the session as it was, and that.

        The token that was replaced last gets the same successor again for a few seconds: its
        reply may have been lost, or two tabs of a browser may have asked at once. Any older one
        has been copied by somebody, and ends the session for both.

        Raises:
            CredentialsInvalidError: the session has ended, by this or before, or never was.
            TokenExpiredError: its time is over.
        """
        for _ in range(_LOOKS):
            now = self._clock()
            session, token = await self._recognised(text)
            if session.ended_at is not None:
                raise CredentialsInvalidError(_INVALID)
            if session.expires_at <= now:
                raise TokenExpiredError
            if not compare_digest(token.digest, session.digest):
                return session, await self._again(session, token, now)
            successor = await self._rotated(session, token, now)
            if successor is not None:
                return session, successor
        raise DependencyUnavailableError("user store")

    async def end(self, text: str) -> None:
        """End the session of a refresh token, an old one too; one that is over is no error."""
        try:
            session, _ = await self._recognised(text)
        except CredentialsInvalidError:
            return
        await self._store.end(session.id, at=self._clock())

    async def end_by_id(self, session_id: str) -> None:
        """End a session; one that is over is no error."""
        await self._store.end(session_id, at=self._clock())

    async def end_all(self, user_id: str) -> int:
        """End all sessions of an account, and return how many those are."""
        return await self._store.end_all(user_id, at=self._clock())

    async def _recognised(self, text: str) -> tuple[Session, RefreshToken]:
        """Find the session that a token is of, whichever of its tokens it is."""
        token = read_refresh_token(text)
        session = None if token is None else await self._store.by_id(token.session_id)
        if (
            token is None
            or session is None
            or not compare_digest(token.family_digest, session.family_digest)
        ):
            raise CredentialsInvalidError(_INVALID)
        return session, token

    async def _rotated(
        self, session: Session, token: RefreshToken, now: datetime
    ) -> RefreshToken | None:
        """Replace the token; None if another call was first."""
        salt = secrets.token_bytes(SALT_BYTES)
        successor = token.successor(salt)
        rotation = Rotation(
            digest=successor.digest,
            salt=salt,
            at=now,
            expires_at=self._end_of(session.created_at, now),
        )
        rotated = await self._store.rotate(session.id, rotation, instead_of=token.digest)
        return successor if rotated else None

    async def _again(self, session: Session, token: RefreshToken, now: datetime) -> RefreshToken:
        """Return the successor that a replaced token has got, or end the session."""
        replaced = session.previous_digest or b""
        if (
            session.salt is not None
            and session.rotated_at is not None
            and compare_digest(token.digest, replaced)
            and now - session.rotated_at <= LOST_REPLY
        ):
            return token.successor(session.salt)
        if await self._store.end(session.id, at=now):
            _log.warning("refresh_token_reused", session=session.id, user=session.user_id)
        raise CredentialsInvalidError(_INVALID)

    def _end_of(self, created_at: datetime, used_at: datetime) -> datetime:
        return min(used_at + self._lifetime.idle, created_at + self._lifetime.absolute)
