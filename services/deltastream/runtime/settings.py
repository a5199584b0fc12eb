"""Settings: environment variables with the prefix DELTASTREAM_, read once, in main.

Or files, which few can read and `docker inspect` does not show: see `secrets_dir`.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deltastream.runtime.logs import LogFormat
from deltastream.runtime.tls.mounted import MountedTls
from deltastream.runtime.tls.named import OptionalPath, mounted_tls

ENVIRONMENT_PREFIX = "DELTASTREAM_"


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


SymbolList = Annotated[frozenset[str], NoDecode, BeforeValidator(_split)]
"""A set of product symbols, written with commas."""


StringList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Some strings, written with commas."""


LevelName = Annotated[str, Field(pattern="(?i)^(debug|info|warning|error|critical)$")]
"""A level of the log, by its name."""


Url = Annotated[str, Field(repr=False)]
"""A URL, in which there may be a password: nothing shows it."""


class SettingsError(Exception):
    """The settings are not usable. The text lists every problem, one a line."""


class MeshSettings(BaseSettings):
    """What whoever talks to roles of the mesh can be told.

    Attributes:
        tls_certificate: a file with the certificate that the roles show each other, in PEM.
        tls_key: a file with the key of that certificate, in PEM.
        tls_ca: a file with the authorities whose certificates the roles believe, in PEM. All three
            files, or none: then the roles talk in the open.
        secrets_dir: a folder of files that hold settings, each named as its variable is, in small
            letters: deltastream_service_secret. The environment wins over them.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    tls_certificate: OptionalPath = None
    tls_key: OptionalPath = None
    tls_ca: OptionalPath = None
    secrets_dir: OptionalPath = None

    @classmethod
    def load(cls, **told: Any) -> Self:
        """Read the environment, and the files in the folder that it names.

        Args:
            told: what goes before them, as a command's options do.

        Raises:
            SettingsError: with every problem at once, naming the variables.
        """
        try:
            return cls(**{"_secrets_dir": _secrets_folder(), **told})
        except ValidationError as error:
            raise SettingsError(_describe(error)) from None

    @cached_property
    def mesh_tls(self) -> MountedTls | None:
        """What roles show each other; None is in the open."""
        named = {"certificate": self.tls_certificate, "key": self.tls_key, "ca": self.tls_ca}
        return mounted_tls(f"{ENVIRONMENT_PREFIX}TLS", named)

    @model_validator(mode="after")
    def _mesh_tls_is_usable(self) -> Self:
        _ = self.mesh_tls
        return self


class RoleSettings(MeshSettings):
    """What every role can be told.

    Attributes:
        log_level: least level of the events shown: `debug`, `info`, `warning`, `error` or
            `critical`.
        log_format: `json`, `pretty`, or `auto`, which is pretty on a terminal.
        reflection: offer gRPC server reflection.
        drain_seconds: how long calls may take to finish after SIGTERM.
        max_concurrent_calls: how many calls that answer once it works on; one more is refused.
        max_concurrent_streams: how many streams it serves; one more is refused.
        share_port: let another process listen on the same ports, as `deltastream up` needs when
            it replaces a role by a successor.
        data_dir: where what must last is kept, if nothing else is said of it.
        service_secret: what proves to auth that a caller is a service of this mesh. Empty: no
            service is believed, and methods for services refuse everybody.
        allow_anonymous: whether methods for readers take callers without a token. One that is
            sent must be valid all the same.
        health_listen: HOST:PORT at which health checks are answered in the open, and nothing else:
            for who has no certificate. Empty for none.
        otlp_endpoint: `http://HOST:PORT`, or `https://`, of a collector that takes traces by OTLP
            over gRPC. Empty: nothing is traced.
        trace_ratio: which part of the traces that begin in this role is recorded, from 0 to 1.
        admin_listen: HOST:PORT at which who watches the process finds `/metrics`, `/healthz` and
            `/readyz`, in the open: it is for no client. Empty for none.
        logs_address: where the log service answers: the role ships there what it logs. Empty for
            standard output alone.
        shipped_log_level: least level of the events that are shipped, if they are shown at all.
    """

    role: ClassVar[str]

    log_level: LevelName = "info"
    log_format: LogFormat = "auto"
    reflection: bool = True
    drain_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    max_concurrent_calls: Annotated[int, Field(ge=1)] = 256
    max_concurrent_streams: Annotated[int, Field(ge=1)] = 1000
    share_port: bool = False
    data_dir: Path = Path(".deltastream")
    service_secret: SecretStr = SecretStr("")
    allow_anonymous: bool = False
    health_listen: str = ""
    logs_address: str = ""
    shipped_log_level: LevelName = "info"
    otlp_endpoint: Annotated[str, Field(pattern=r"^(https?://[^/?#@\s]+/?)?$")] = ""
    trace_ratio: Annotated[float, Field(ge=0, le=1)] = 0.01
    admin_listen: str = ""

    @property
    def ships_logs(self) -> bool:
        """Whether somebody takes a copy of what the role logs."""
        return bool(self.logs_address)

    @property
    def listening_tls(self) -> MountedTls | None:
        """What the role's own gRPC server shows; None is in the open."""
        return self.mesh_tls


def _secrets_folder() -> str | None:
    """Return the folder of settings in files; None where there is none.

    Raises:
        SettingsError: it is named, and no folder.
    """
    variable = f"{ENVIRONMENT_PREFIX}SECRETS_DIR"
    folder = os.environ.get(variable) or None
    if folder is not None and not Path(folder).is_dir():
        raise SettingsError(
            f"these settings cannot be used:\n  {variable}: no such folder: {folder}"
        )
    return folder


def _describe(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    return "\n".join(["these settings cannot be used:", *(f"  {_line(each)}" for each in problems)])


def _line(problem: ErrorDetails) -> str:
    # One that is about several variables names them itself.
    where = ".".join(map(str, problem["loc"])).upper()
    return f"{ENVIRONMENT_PREFIX}{where}: {problem['msg']}" if where else problem["msg"]
