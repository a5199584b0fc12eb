"""The user store."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account.

    Attributes:
        id: assigned at registration, never changed.
        email: lower case, unique.
        password_hash: bcrypt; kept out of every repr.
    """

    id: str
    email: str
    name: str
    roles: tuple[str, ...]
    created_at: datetime
    password_hash: bytes = field(repr=False)


class UserStore(Protocol):
    """What auth needs of a database. Raises DependencyUnavailableError when it does not answer."""

    async def add(self, user: User) -> None:
        """Store a new account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
        """
        ...

    async def by_email(self, email: str) -> User | None:
        """Return the account of an e-mail address in lower case."""
        ...

    async def by_id(self, user_id: str) -> User | None:
        """Return the account of an id."""
        ...

    async def ping(self) -> None:
        """Return when the database answers."""
        ...

    async def close(self) -> None:
        """Release the database."""
        ...
