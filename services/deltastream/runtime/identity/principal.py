"""Who is calling, as a token says."""

from dataclasses import dataclass
from typing import Final

READER: Final = "reader"
ADMIN: Final = "admin"
SERVICE: Final = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever a valid token identifies.

    Attributes:
        subject: a user's id, "service/NAME", or "operator".
        roles: what it may do: of "reader", "admin", "service".
        session: what ends the token when it ends: "session/ID" or "key/ID"; empty for none.
        issued_at: when the token was made, in seconds since 1970.
        expires_at: when it ends, likewise.
        key_id: names the key that it is signed with.
    """

    subject: str
    roles: frozenset[str]
    session: str = ""
    issued_at: float
    expires_at: float
    key_id: str = ""
