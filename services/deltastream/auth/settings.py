"""Auth's settings."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field

from deltastream.auth.key_files import FOLDER, KeyFiles
from deltastream.auth.sessions import SessionLifetime
from deltastream.runtime.settings import RoleSettings, Url

_LONGEST_ACCESS_MINUTES: Final = 24 * 60
_SERVICE_MINUTES: Final = 10
# Of clocks, and of tokens that were being issued when their key stopped signing.
_MARGIN: Final = timedelta(minutes=2)
LONGEST_KEPT: Final = timedelta(minutes=_LONGEST_ACCESS_MINUTES) + _MARGIN
"""For how long a key may be published after it last signed, whatever auth is told."""


class AuthSettings(RoleSettings):
    """What auth can be told.

    Attributes:
        auth_listen: HOST:PORT at which the role serves gRPC.
        users_url: the user database: `sqlite:PATH`, by default a file in the data directory, or
            `mongodb://HOST:PORT/DATABASE`.
        signing_key_file: PEM of the first Ed25519 private key; made there when there is none.
            Those that `deltastream keys rotate` makes are in the data directory.
        access_minutes: for how many minutes an access token is valid.
        session_idle_days: how many days a session lasts without a refresh.
        session_days: how many days a session lasts at most.
        bcrypt_cost: logarithm, to base 2, of the rounds of password hashing.
    """

    role: ClassVar[str] = "auth"

    auth_listen: str = "127.0.0.1:8001"
    users_url: Url = ""
    signing_key_file: Path | None = None
    access_minutes: Annotated[float, Field(gt=0, le=_LONGEST_ACCESS_MINUTES)] = 10.0
    session_idle_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    session_days: Annotated[float, Field(gt=0, le=3650)] = 90.0
    bcrypt_cost: Annotated[int, Field(ge=4, le=16)] = 12

    @property
    def user_store_url(self) -> str:
        """The URL of the user database, the default filled in."""
        return self.users_url or f"sqlite:{self.data_dir / 'users.db'}"

    @property
    def key_file(self) -> Path:
        """Where the first private key is, the default filled in."""
        return self.signing_key_file or self.data_dir / "signing-key.pem"

    @property
    def key_files(self) -> KeyFiles:
        """Where all private keys are."""
        return KeyFiles(first=self.key_file, folder=self.data_dir / FOLDER)

    @property
    def access_lifetime(self) -> timedelta:
        """How long an access token is valid."""
        return timedelta(minutes=self.access_minutes)

    @property
    def session_lifetime(self) -> SessionLifetime:
        """How long a session lasts."""
        return SessionLifetime(
            idle=timedelta(days=self.session_idle_days),
            absolute=timedelta(days=self.session_days),
        )

    @property
    def keys_kept(self) -> timedelta:
        """For how long after it last signed a key is published: until its last token has ended."""
        longest = max(self.access_minutes, _SERVICE_MINUTES)
        return timedelta(minutes=longest) + _MARGIN
