"""Signing in: a session, and the tokens that come of it."""

from dataclasses import dataclass, field
from datetime import datetime

from deltastream.auth.refresh_tokens import RefreshToken
from deltastream.auth.roles import token_roles
from deltastream.auth.sessions import Sessions
from deltastream.auth.tokens import AccessToken, AccessTokens
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.ports.clock import Clock
from deltastream.ports.users import User, UserStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A user, the token that proves it, and the one that renews it."""

    user: User
    token: AccessToken
    refresh_token: str = field(repr=False)


class SignIns:
    """Begins sessions and goes on with them."""

    def __init__(
        self, *, users: UserStore, sessions: Sessions, tokens: AccessTokens, clock: Clock
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._tokens = tokens
        self._clock = clock

    async def begin(self, user: User) -> SignedIn:
        """Begin a session of a user whose password hash was the right one.

        Raises:
            CredentialsInvalidError: the password has been changed meanwhile.
        """
        decided_at = self._clock()
        refresh_token = await self._sessions.begin(user.id)
        # Whoever changes a password does so before ending all sessions: either that ends this one
        # too, or the change is seen here.
        now = await self._users.by_id(user.id)
        if now is None or now.password_hash != user.password_hash:
            await self._sessions.end_by_id(refresh_token.session_id)
            raise CredentialsInvalidError
        return self._signed_in(now, refresh_token, decided_at)

    async def refresh(self, text: str) -> SignedIn:
        """Exchange a refresh token for its successor and a new access token.

        Raises:
            CredentialsInvalidError: the session has ended, or never was.
            TokenExpiredError: the session's time is over.
        """
        # Taken first: what is revoked after this moment ends the token.
        decided_at = self._clock()
        session, successor = await self._sessions.refresh(text)
        user = await self._users.by_id(session.user_id)
        if user is None:
            raise CredentialsInvalidError("the session's account is gone")
        return self._signed_in(user, successor, decided_at)

    def _signed_in(self, user: User, refresh_token: RefreshToken, at: datetime) -> SignedIn:
        token = self._tokens.issue(
            user.id,
            token_roles(user.roles),
            sid=f"session/{refresh_token.session_id}",
            # The account was read after its older tokens were refused.
            at=max(at, user.tokens_before or at),
        )
        return SignedIn(user=user, token=token, refresh_token=refresh_token.text)
