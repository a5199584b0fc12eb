"""Accounts in MongoDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bson.int64 import Int64
from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from deltastream.adapters.microseconds import microseconds_of
from deltastream.adapters.store.mongodb.moments import (
    moment_fields,
    optional_stored_moment,
    stored_moment,
)
from deltastream.adapters.users.addresses import require_lower_case
from deltastream.adapters.users.mongodb.connection import Database, Document, UserConnection
from deltastream.domain.errors import EmailTakenError, LastAdministratorError
from deltastream.ports.users import ADMIN, User

_USERS: Final = "users"


class MongoUserStore:
    """A UserStore in a collection."""

    def __init__(self, connection: UserConnection) -> None:
        self._connection = connection

    async def add(self, user: User) -> None:
        """Store a new account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
            InvalidValueError: the e-mail address is not in lower case.
        """
        require_lower_case(user.email)
        async with self._connection.call() as database:
            try:
                await database[_USERS].insert_one(_document(user))
            except DuplicateKeyError:
                raise EmailTakenError from None

    async def by_email(self, email: str) -> User | None:
        """Return the account of an e-mail address in lower case."""
        return await self._one({"email": {"$eq": email}})

    async def by_id(self, user_id: str) -> User | None:
        """Return the account of an id."""
        return await self._one({"_id": {"$eq": user_id}})

    async def page(self, *, after: str, size: int) -> Sequence[User]:
        """Return up to `size` accounts by e-mail address, from the first above `after`."""
        async with self._connection.call() as database:
            found = database[_USERS].find({"email": {"$gt": after}})
            documents = await found.sort("email", ASCENDING).limit(size).to_list()
        return [_user(document) for document in documents]

    async def set_roles(self, user_id: str, roles: tuple[str, ...]) -> User | None:
        """Replace an account's roles, and return it as it was before; None if there is none.

        An account is a document, and documents change one by one: the role is taken away first,
        and given back where no other administrator is left then. Of two who take it from each
        other at once both may be refused, and never both succeed. A crash between the two steps
        can leave none; the command line makes one again.

        Raises:
            LastAdministratorError: nobody would be an administrator; nothing has changed.
        """
        async with self._connection.call() as database:
            before = await database[_USERS].find_one_and_update(
                {"_id": {"$eq": user_id}},
                {"$set": {"roles": list(roles)}},
                return_document=ReturnDocument.BEFORE,
            )
            if before is None:
                return None
            if ADMIN in before["roles"] and ADMIN not in roles and not await _any_admin(database):
                await database[_USERS].update_one(
                    {"_id": {"$eq": user_id}, "roles": list(roles)},
                    {"$set": {"roles": before["roles"]}},
                )
                raise LastAdministratorError(user_id)
        return _user(before)

    async def set_password(self, user_id: str, password_hash: bytes, *, instead_of: bytes) -> bool:
        """Replace an account's password hash if it still is the one that is given."""
        async with self._connection.call() as database:
            result = await database[_USERS].update_one(
                {"_id": {"$eq": user_id}, "password_hash": instead_of},
                {"$set": {"password_hash": password_hash}},
            )
        return result.matched_count == 1

    async def refuse_tokens(self, user_id: str, *, before: datetime) -> None:
        """Set an account's tokens_before; one that is later stays."""
        later = {"$max": moment_fields("tokens_before", before)}
        async with self._connection.call() as database:
            await database[_USERS].update_one({"_id": {"$eq": user_id}}, later)

    async def refusing_since(self, moment: datetime) -> Sequence[User]:
        """Return the accounts whose tokens_before is at or after a moment."""
        since = {"tokens_before_us": {"$gte": Int64(microseconds_of(moment))}}
        async with self._connection.call() as database:
            documents = await database[_USERS].find(since).to_list()
        return [_user(document) for document in documents]

    async def _one(self, query: dict[str, Any]) -> User | None:
        async with self._connection.call() as database:
            document = await database[_USERS].find_one(query)
        return None if document is None else _user(document)


async def _any_admin(database: Database) -> bool:
    return await database[_USERS].find_one({"roles": ADMIN}) is not None


def _document(user: User) -> Document:
    return {
        "_id": user.id,
        "email": user.email,
        "name": user.name,
        "roles": list(user.roles),
        "password_hash": user.password_hash,
        **moment_fields("created_at", user.created_at),
        **moment_fields("tokens_before", user.tokens_before),
    }


def _user(document: Document) -> User:
    return User(
        id=document["_id"],
        email=document["email"],
        name=document["name"],
        roles=tuple(document["roles"]),
        created_at=stored_moment(document, "created_at"),
        password_hash=bytes(document["password_hash"]),
        tokens_before=optional_stored_moment(document, "tokens_before"),
    )
