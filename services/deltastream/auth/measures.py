"""What is measured of signing in: how often it is tried by each method, and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from deltastream.domain.errors import (
    CredentialsInvalidError,
    EmailTakenError,
    TokenExpiredError,
    TooManyAttemptsError,
)
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_RESULTS: Final = ("accepted", "refused", "throttled")


class SignIn(StrEnum):
    """By what somebody gets a token."""

    PASSWORD = "password"  # noqa: S105 - what it is called
    REGISTRATION = "registration"
    REFRESH = "refresh"
    API_KEY = "api_key"
    SERVICE = "service"


_attempts: Final = {
    method: PROCESS.counters(names.SIGN_INS, "result", _RESULTS, method=method) for method in SignIn
}


@contextmanager
def counted(method: SignIn) -> Iterator[None]:
    """Count an attempt; one that nobody could judge, as the database was away, is none."""
    attempts = _attempts[method]
    try:
        yield
    except TooManyAttemptsError:
        attempts["throttled"].inc()
        raise
    except (CredentialsInvalidError, TokenExpiredError, EmailTakenError):
        attempts["refused"].inc()
        raise
    attempts["accepted"].inc()
