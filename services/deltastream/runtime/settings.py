"""Settings: environment variables with the prefix DELTASTREAM_, read once, in main."""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deltastream.runtime.logs import LogFormat

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


class RoleSettings(BaseSettings):
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
    """

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )
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

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            SettingsError: with every problem at once, naming the variables.
        """
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_describe(error)) from None


def _describe(error: ValidationError) -> str:
    lines = [
        f"  {ENVIRONMENT_PREFIX}{'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    ]
    return "\n".join(["these settings cannot be used:", *lines])
