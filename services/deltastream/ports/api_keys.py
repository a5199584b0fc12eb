"""API keys: what programs of a user sign in with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without the secret that makes it one.

    Attributes:
        secret_digest: of the secret.
        expires_at: None for never.
        last_used_at: None for never.
        deleted_at: None while it was not.
    """

    id: str
    user_id: str
    name: str
    roles: tuple[str, ...]
    created_at: datetime
    secret_digest: bytes = field(repr=False)
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    deleted_at: datetime | None = None


class ApiKeyStore(Protocol):
    """The keys of all accounts. One that was deleted stays until it is purged, and is no key."""

    async def add(self, key: ApiKey, *, most: int) -> None:
        """Store a new key.

        Raises:
            TooManyApiKeysError: its owner has `most` keys already; nothing has changed. Of several
                that are added at once where there is room for one, none may succeed.
        """
        ...

    async def by_id(self, key_id: str) -> ApiKey | None:
        """Return the key of an id, one that was deleted too."""
        ...

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """Return the keys of an account that were not deleted, newest first."""
        ...

    async def used(self, key_id: str, *, at: datetime) -> None:
        """Set when a key was last used."""
        ...

    async def delete(self, user_id: str, key_id: str, *, at: datetime) -> bool:
        """Delete a key of an account, and say whether it was there until now."""
        ...

    async def deleted_since(self, moment: datetime) -> Sequence[ApiKey]:
        """Return the keys that were deleted at or after a moment."""
        ...

    async def purge(self, *, before: datetime) -> int:
        """Forget the keys that were deleted before a moment, and return how many."""
        ...
