"""Who is calling: whose an access token is, with nothing that ended accepted any more."""

from dataclasses import dataclass
from typing import Final

from deltastream.auth.roles import token_roles
from deltastream.auth.tokens import AccessTokens
from deltastream.domain.errors import (
    AccountRequiredError,
    CredentialsInvalidError,
    SessionRequiredError,
)
from deltastream.ports.api_keys import ApiKeyStore
from deltastream.ports.sessions import SessionStore
from deltastream.ports.users import User, UserDatabase, UserStore
from deltastream.runtime.identity.principal import Principal

OPERATOR: Final = "operator"
SERVICE_PREFIX: Final = "service/"
_ENDED: Final = "what this token came of has ended; log in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The owner of a valid token.

    Attributes:
        principal: whom the token identifies.
        user: the account; None of a service or an operator.
        roles: what the token and the account both allow now.
    """

    principal: Principal
    user: User | None
    roles: tuple[str, ...]

    @property
    def account(self) -> User:
        """The account.

        Raises:
            AccountRequiredError: it is a service or an operator.
        """
        if self.user is None:
            raise AccountRequiredError(self.principal.subject)
        return self.user

    @property
    def person(self) -> User:
        """The account of somebody who has logged in.

        Raises:
            AccountRequiredError: it is a service or an operator.
            SessionRequiredError: it is a program with an API key.
        """
        account = self.account
        if not self.principal.session.startswith("session/"):
            raise SessionRequiredError
        return account


class Callers:
    """Knows callers by their tokens."""

    def __init__(self, *, tokens: AccessTokens, database: UserDatabase) -> None:
        self._tokens = tokens
        self._users: UserStore = database.users
        self._sessions: SessionStore = database.sessions
        self._keys: ApiKeyStore = database.api_keys

    async def of(self, token: str) -> Caller:
        """Return whose a token is.

        Raises:
            CredentialsInvalidError: it is nobody's, or what it came of has ended.
            TokenExpiredError: its time is over.
        """
        principal = self._tokens.verify(token)
        if _has_no_account(principal):
            return Caller(principal=principal, user=None, roles=tuple(principal.roles))
        user = await self._users.by_id(principal.subject)
        if user is None:
            raise CredentialsInvalidError("the token is not valid")
        before = user.tokens_before
        refused = before is not None and principal.issued_at < before.timestamp()
        if refused or not await self._goes_on(principal.session):
            raise CredentialsInvalidError(_ENDED)
        roles = token_roles(tuple(principal.roles), user.roles)
        return Caller(principal=principal, user=user, roles=roles)

    async def _goes_on(self, sid: str) -> bool:
        """Say whether a session was not ended, or a key not deleted."""
        kind, _, identifier = sid.partition("/")
        if kind == "session":
            session = await self._sessions.by_id(identifier)
            return session is not None and session.ended_at is None
        if kind == "key":
            key = await self._keys.by_id(identifier)
            return key is not None and key.deleted_at is None
        return False


def _has_no_account(principal: Principal) -> bool:
    return principal.subject == OPERATOR or principal.subject.startswith(SERVICE_PREFIX)
