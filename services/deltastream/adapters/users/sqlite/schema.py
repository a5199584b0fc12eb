"""The schema of the user database's file, version by version."""

from typing import Final

from deltastream.adapters.sqlite.migrations import Schema

# Moments are in microseconds since 1970-01-01T00:00:00Z, roles are a JSON array.
_VERSION_1: Final = (
    """
    CREATE TABLE users (
        id TEXT NOT NULL PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        password_hash BLOB NOT NULL
    )
    """,
)
_VERSION_2: Final = (
    "ALTER TABLE users ADD COLUMN tokens_before INTEGER",
    """
    CREATE INDEX users_refusing ON users (tokens_before) WHERE tokens_before IS NOT NULL
    """,
    """
    CREATE TABLE sessions (
        id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        family_digest BLOB NOT NULL,
        digest BLOB NOT NULL,
        previous_digest BLOB,
        salt BLOB,
        rotated_at INTEGER,
        ended_at INTEGER
    )
    """,
    "CREATE INDEX sessions_of_user ON sessions (user_id)",
    "CREATE INDEX sessions_expiring ON sessions (expires_at)",
    "CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL",
    """
    CREATE TABLE api_keys (
        id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        secret_digest BLOB NOT NULL,
        expires_at INTEGER,
        last_used_at INTEGER,
        deleted_at INTEGER
    )
    """,
    "CREATE INDEX api_keys_of_user ON api_keys (user_id, created_at)",
    "CREATE INDEX api_keys_deleted ON api_keys (deleted_at) WHERE deleted_at IS NOT NULL",
)
USERS_SCHEMA: Final = Schema(application_id=0x44535553, migrations=(_VERSION_1, _VERSION_2))
"""The application id is "DSUS" in ASCII."""
