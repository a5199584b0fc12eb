"""What an account may do, and what it may hand on."""

from collections.abc import Sequence

from deltastream.ports.users import ADMIN, READER


def token_roles(*granted: Sequence[str]) -> tuple[str, ...]:
    """Return the roles of a token: reading, which everybody may, and what all of these grant."""
    return (READER, ADMIN) if all(ADMIN in each for each in granted) else (READER,)
