"""Auth's settings."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from deltastream.runtime.settings import RoleSettings


class AuthSettings(RoleSettings):
    """What auth can be told.

    Attributes:
        users_url: the user database: `sqlite:PATH`; by default a file in the data directory.
        signing_key_file: PEM of the Ed25519 private key; made there when absent.
        access_minutes: how long an access token is valid.
        bcrypt_cost: log2 of the rounds of password hashing.
    """

    role: ClassVar[str] = "auth"

    auth_listen: str = "127.0.0.1:8001"
    users_url: str = ""
    signing_key_file: Path | None = None
    access_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 10.0
    bcrypt_cost: Annotated[int, Field(ge=4, le=16)] = 12

    @property
    def user_store_url(self) -> str:
        """The URL of the user database, the default filled in."""
        return self.users_url or f"sqlite:{self.data_dir / 'users.db'}"

    @property
    def key_file(self) -> Path:
        """Where the private key is, the default filled in."""
        return self.signing_key_file or self.data_dir / "signing-key.pem"

    @property
    def access_lifetime(self) -> timedelta:
        """How long an access token is valid."""
        return timedelta(minutes=self.access_minutes)
