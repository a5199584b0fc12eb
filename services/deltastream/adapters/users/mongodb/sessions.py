"""Sessions in MongoDB."""

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
from deltastream.ports.sessions import Rotation, Session

_SESSIONS: Final = "sessions"
# What has ended states when, and nothing else has the field.
_GOES_ON: Final[dict[str, Any]] = {"ended_at_us": {"$exists": False}}


class MongoSessionStore:
    """A SessionStore in a collection: a session is a document, which changes atomically."""

    def __init__(self, connection: UserConnection) -> None:
        self._connection = connection

    async def add(self, session: Session, *, most: int) -> int:
        """Store a new session, and end the oldest of its account that are more than `most`.

        It is counted once it is there: of several that are added at once, the last to count sees
        them all.
        """
        others = {
            "_id": {"$ne": session.id},
            "user_id": {"$eq": session.user_id},
            "expires_at_us": {"$gt": Int64(microseconds_of(session.created_at))},
            **_GOES_ON,
        }
        newest_first = [("created_at_us", DESCENDING), ("_id", DESCENDING)]
        async with self._connection.call() as database:
            sessions = database[_SESSIONS]
            await sessions.insert_one(_document(session))
            found = sessions.find(others, {"_id": 1}).sort(newest_first).skip(most - 1)
            oldest = [document["_id"] for document in await found.to_list()]
            if not oldest:
                return 0
            result = await sessions.update_many(
                {"_id": {"$in": oldest}, **_GOES_ON},
                {"$set": moment_fields("ended_at", session.created_at)},
            )
        return result.matched_count

    async def by_id(self, session_id: str) -> Session | None:
        """Return the session of an id."""
        async with self._connection.call() as database:
            document = await database[_SESSIONS].find_one({"_id": {"$eq": session_id}})
        return None if document is None else _session(document)

    async def rotate(self, session_id: str, rotation: Rotation, *, instead_of: bytes) -> bool:
        """Compare and set: replace the token if its digest still is the one that is given."""
        change = {
            "digest": rotation.digest,
            "previous_digest": instead_of,
            "salt": rotation.salt,
            **moment_fields("rotated_at", rotation.at),
            **moment_fields("expires_at", rotation.expires_at),
        }
        still = {"_id": {"$eq": session_id}, "digest": instead_of, **_GOES_ON}
        async with self._connection.call() as database:
            result = await database[_SESSIONS].update_one(still, {"$set": change})
        return result.matched_count == 1

    async def end(self, session_id: str, *, at: datetime) -> bool:
        """End a session, and say whether it went on until now."""
        which = {"_id": {"$eq": session_id}, **_GOES_ON}
        async with self._connection.call() as database:
            result = await database[_SESSIONS].update_one(
                which, {"$set": moment_fields("ended_at", at)}
            )
        return result.matched_count == 1

    async def end_all(self, user_id: str, *, at: datetime) -> int:
        """End each session of an account that goes on, and return how many those are."""
        unexpired = {"expires_at_us": {"$gt": Int64(microseconds_of(at))}}
        which = {"user_id": {"$eq": user_id}, **_GOES_ON, **unexpired}
        async with self._connection.call() as database:
            result = await database[_SESSIONS].update_many(
                which, {"$set": moment_fields("ended_at", at)}
            )
        return result.matched_count

    async def ended_since(self, moment: datetime) -> Sequence[Session]:
        """Return the sessions that were ended at or after a moment."""
        since = {"ended_at_us": {"$gte": Int64(microseconds_of(moment))}}
        async with self._connection.call() as database:
            documents = await database[_SESSIONS].find(since).to_list()
        return [_session(document) for document in documents]

    async def purge(self, *, before: datetime) -> int:
        """Forget the sessions that ended before a moment, by whatever, and return how many."""
        earlier = {"$lt": Int64(microseconds_of(before))}
        over = {"$or": [{"expires_at_us": earlier}, {"ended_at_us": earlier}]}
        async with self._connection.call() as database:
            result = await database[_SESSIONS].delete_many(over)
        return result.deleted_count


def _document(session: Session) -> Document:
    document = {
        "_id": session.id,
        "user_id": session.user_id,
        "family_digest": session.family_digest,
        "digest": session.digest,
        **moment_fields("created_at", session.created_at),
        **moment_fields("expires_at", session.expires_at),
        **moment_fields("rotated_at", session.rotated_at),
        **moment_fields("ended_at", session.ended_at),
    }
    rotated = {"previous_digest": session.previous_digest, "salt": session.salt}
    return document | {name: value for name, value in rotated.items() if value is not None}


def _session(document: Document) -> Session:
    return Session(
        id=document["_id"],
        user_id=document["user_id"],
        created_at=stored_moment(document, "created_at"),
        expires_at=stored_moment(document, "expires_at"),
        family_digest=bytes(document["family_digest"]),
        digest=bytes(document["digest"]),
        previous_digest=_optional_bytes(document.get("previous_digest")),
        salt=_optional_bytes(document.get("salt")),
        rotated_at=optional_stored_moment(document, "rotated_at"),
        ended_at=optional_stored_moment(document, "ended_at"),
    )


def _optional_bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
