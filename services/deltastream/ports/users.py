"""The user database: accounts, and what they sign in with.

Its parts share one file or server, and each call changes one record atomically unless it says
otherwise. Every method raises DependencyUnavailableError when the database does not answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from deltastream.ports.api_keys import ApiKeyStore
from deltastream.ports.sessions import SessionStore

READER: Final = "reader"
ADMIN: Final = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account.

    Attributes:
        id: assigned at registration, never changed.
        email: lower case, unique.
        password_hash: bcrypt; kept out of every repr.
        tokens_before: access tokens that were issued to it earlier are refused; None refuses none.
    """

    id: str
    email: str
    name: str
    roles: tuple[str, ...]
    created_at: datetime
    password_hash: bytes = field(repr=False)
    tokens_before: datetime | None = None


class UserStore(Protocol):
    """The accounts."""

    async def add(self, user: User) -> None:
        """Store a new account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
            InvalidValueError: the e-mail address is not in lower case.
        """
        ...

    async def by_email(self, email: str) -> User | None:
        """Return the account of an e-mail address in lower case."""
        ...

    async def by_id(self, user_id: str) -> User | None:
        """Return the account of an id."""
        ...

    async def page(self, *, after: str, size: int) -> Sequence[User]:
        """Return up to `size` accounts by e-mail address, from the first above `after`."""
        ...

    async def set_roles(self, user_id: str, roles: tuple[str, ...]) -> User | None:
        """Replace an account's roles, and return it as it was before; None if there is none.

        Two administrators who take the role from each other at once do not both succeed.

        Raises:
            LastAdministratorError: nobody would be an administrator; nothing has changed.
        """
        ...

    async def set_password(self, user_id: str, password_hash: bytes, *, instead_of: bytes) -> bool:
        """Replace an account's password hash if it still is the one that is given."""
        ...

    async def refuse_tokens(self, user_id: str, *, before: datetime) -> None:
        """Set an account's tokens_before; one that is later stays."""
        ...

    async def refusing_since(self, moment: datetime) -> Sequence[User]:
        """Return the accounts whose tokens_before is at or after a moment."""
        ...


class UserDatabase(Protocol):
    """All of it, open."""

    @property
    def users(self) -> UserStore:
        """The accounts."""
        ...

    @property
    def sessions(self) -> SessionStore:
        """Their sessions."""
        ...

    @property
    def api_keys(self) -> ApiKeyStore:
        """Their API keys."""
        ...

    async def ping(self) -> None:
        """Return when the database answers."""
        ...

    async def close(self) -> None:
        """Finish what was begun, and release the database. Repeating is safe."""
        ...
