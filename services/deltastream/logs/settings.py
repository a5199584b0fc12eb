"""The log service's settings."""

from datetime import timedelta
from typing import Annotated, ClassVar, Final

from pydantic import Field

from deltastream.runtime.ages import Age
from deltastream.runtime.settings import RoleSettings, Url

_MEGABYTE: Final = 1024 * 1024


class LogsSettings(RoleSettings):
    """What the log service can be told.

    Attributes:
        logs_listen: HOST:PORT at which the role serves gRPC.
        auth_address: where auth answers.
        logs_url: where records are kept: `sqlite:PATH`, by default a file in the data directory,
            or `memory:`.
        logs_megabytes: how large the store may become; the oldest records give way. A
            write-ahead log of at most 64 MB comes on top of a file.
        logs_age: how long records are kept, as `14d` or `12h`, or `forever`; it counts from when
            they came.
    """

    role: ClassVar[str] = "logs"

    logs_listen: str = "127.0.0.1:8005"
    auth_address: str = "127.0.0.1:8001"
    logs_url: Url = ""
    logs_megabytes: Annotated[int, Field(ge=1, le=1 << 20)] = 256
    logs_age: Age = timedelta(days=14)

    @property
    def ships_logs(self) -> bool:
        """It keeps its own events, with those of the others."""
        return True

    @property
    def log_store_url(self) -> str:
        """The URL of the store, the default filled in."""
        return self.logs_url or f"sqlite:{self.data_dir / 'logs.db'}"

    @property
    def most_bytes(self) -> int:
        """How many bytes the store may hold."""
        return self.logs_megabytes * _MEGABYTE
