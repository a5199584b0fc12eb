"""Settings: environment variables with the prefix DELTASTREAM_, read once, in main."""

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


class SettingsError(Exception):
    """The settings are not usable. The text lists every problem, one a line."""


class MeshSettings(BaseSettings):
    """What whoever talks to roles of the mesh can be told.

    Attributes:
        tls_certificate: a file with the certificate that the roles show each other, in PEM.
        tls_key: one with its key.
        tls_ca: one with the authorities whose certificates they believe. All three, or none: then
            the roles talk in the open.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    tls_certificate: OptionalPath = None
    tls_key: OptionalPath = None
    tls_ca: OptionalPath = None

    @classmethod
    def load(cls, **told: Any) -> Self:
        """Read the environment.

        Args:
            told: what goes before it, as a command's options do.

        Raises:
            SettingsError: with every problem at once, naming the variables.
        """
        try:
            return cls(**told)
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
        log_level: least level of the events shown.
        log_format: json, pretty, or auto (pretty on a terminal).
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
    """

    role: ClassVar[str]

    log_level: Annotated[str, Field(pattern="(?i)^(debug|info|warning|error|critical)$")] = "info"
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

    @property
    def listening_tls(self) -> MountedTls | None:
        """What the role's own gRPC server shows; None is in the open."""
        return self.mesh_tls


def _describe(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    return "\n".join(["these settings cannot be used:", *(f"  {_line(each)}" for each in problems)])


def _line(problem: ErrorDetails) -> str:
    # One that is about several variables names them itself.
    where = ".".join(map(str, problem["loc"])).upper()
    return f"{ENVIRONMENT_PREFIX}{where}: {problem['msg']}" if where else problem["msg"]
