"""Tokens that the services of the mesh call each other with."""

import hashlib
from hmac import compare_digest

from pydantic import SecretStr

from deltastream.auth.callers import SERVICE_PREFIX
from deltastream.auth.tokens import AccessToken, AccessTokens
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.log_library import structlog
from deltastream.runtime.identity.principal import SERVICE

_log = structlog.get_logger()


class ServiceTokens:
    """Issues them for the secret of the mesh. Where that is empty, nobody has it."""

    def __init__(self, *, secret: SecretStr, tokens: AccessTokens) -> None:
        self._there = bool(secret.get_secret_value())
        self._digest = _digest(secret.get_secret_value())
        self._tokens = tokens

    def issue(self, service: str, secret: str) -> AccessToken:
        """Give a service its token.

        Raises:
            CredentialsInvalidError: the secret is not that of this mesh, or it has none.
        """
        same = compare_digest(_digest(secret), self._digest)
        if not same or not self._there:
            _log.warning("service_secret_refused", caller=service, configured=self._there)
            raise CredentialsInvalidError("the service secret is wrong")
        return self._tokens.issue(f"{SERVICE_PREFIX}{service}", (SERVICE,))


def _digest(secret: str) -> bytes:
    """Make secrets of any length equally long, so that comparing them takes the same time."""
    return hashlib.sha256(secret.encode()).digest()
