"""API keys in MongoDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bson.int64 import Int64
from pymongo import DESCENDING

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.moments import (
    moment_fields,
    optional_stored_moment,
    stored_moment,
)
from deltastream.adapters.users.mongodb.connection import Document, UserConnection
from deltastream.domain.errors import TooManyApiKeysError
from deltastream.ports.api_keys import ApiKey

_KEYS: Final = "api_keys"
# What was deleted states when, and nothing else has the field.
_THERE: Final[dict[str, Any]] = {"deleted_at_us": {"$exists": False}}


class MongoApiKeyStore:
    """An ApiKeyStore in a collection."""

    def __init__(self, connection: UserConnection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey, *, most: int) -> None:
        """Store a new key.

        It is counted once it is there: of several that are added at once where there is room for
        one, each may see the others, and none succeed.

        Raises:
            TooManyApiKeysError: its owner has `most` keys already; nothing has changed.
        """
        async with self._connection.call() as database:
            await database[_KEYS].insert_one(_document(key))
            count = await database[_KEYS].count_documents(
                {"user_id": {"$eq": key.user_id}, **_THERE}
            )
            if count > most:
                await database[_KEYS].delete_one({"_id": {"$eq": key.id}})
                raise TooManyApiKeysError(most)

    async def by_id(self, key_id: str) -> ApiKey | None:
        """Return the key of an id, one that was deleted too."""
        async with self._connection.call() as database:
            document = await database[_KEYS].find_one({"_id": {"$eq": key_id}})
        return None if document is None else _key(document)

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """Return the keys of an account that were not deleted, newest first."""
        newest_first = [("created_at_us", DESCENDING), ("_id", DESCENDING)]
        async with self._connection.call() as database:
            found = database[_KEYS].find({"user_id": {"$eq": user_id}, **_THERE})
            documents = await found.sort(newest_first).to_list()
        return [_key(document) for document in documents]

    async def used(self, key_id: str, *, at: datetime) -> None:
        """Set when a key was last used."""
        change = {"$set": moment_fields("last_used_at", at)}
        async with self._connection.call() as database:
            await database[_KEYS].update_one({"_id": {"$eq": key_id}}, change)

    async def delete(self, user_id: str, key_id: str, *, at: datetime) -> bool:
        """Delete a key of an account, and say whether it was there until now."""
        which = {"_id": {"$eq": key_id}, "user_id": {"$eq": user_id}, **_THERE}
        async with self._connection.call() as database:
            result = await database[_KEYS].update_one(
                which, {"$set": moment_fields("deleted_at", at)}
            )
        return result.matched_count == 1

    async def deleted_since(self, moment: datetime) -> Sequence[ApiKey]:
        """Return the keys that were deleted at or after a moment."""
        since = {"deleted_at_us": {"$gte": Int64(microseconds_of(moment))}}
        async with self._connection.call() as database:
            documents = await database[_KEYS].find(since).to_list()
        return [_key(document) for document in documents]

    async def purge(self, *, before: datetime) -> int:
        """Forget the keys that were deleted before a moment, and return how many."""
        earlier = {"deleted_at_us": {"$lt": Int64(microseconds_of(before))}}
        async with self._connection.call() as database:
            result = await database[_KEYS].delete_many(earlier)
        return result.deleted_count


def _document(key: ApiKey) -> Document:
    return {
        "_id": key.id,
        "user_id": key.user_id,
        "name": key.name,
        "roles": list(key.roles),
        "secret_digest": key.secret_digest,
        **moment_fields("created_at", key.created_at),
        **moment_fields("expires_at", key.expires_at),
        **moment_fields("last_used_at", key.last_used_at),
        **moment_fields("deleted_at", key.deleted_at),
    }


def _key(document: Document) -> ApiKey:
    return ApiKey(
        id=document["_id"],
        user_id=document["user_id"],
        name=document["name"],
        roles=tuple(document["roles"]),
        created_at=stored_moment(document, "created_at"),
        secret_digest=bytes(document["secret_digest"]),
        expires_at=optional_stored_moment(document, "expires_at"),
        last_used_at=optional_stored_moment(document, "last_used_at"),
        deleted_at=optional_stored_moment(document, "deleted_at"),
    )
