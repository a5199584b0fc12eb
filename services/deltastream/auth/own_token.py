"""As whom auth calls others: it signs its own service token."""

import time
from collections.abc import Callable

from pydantic import SecretStr

from deltastream.auth.service_tokens import ServiceTokens
from deltastream.runtime.identity.service_token import Issue, IssuedToken, ServiceToken


def own_token(
    tokens: ServiceTokens,
    *,
    service: str,
    secret: SecretStr,
    clock: Callable[[], float] = time.time,
) -> ServiceToken:
    """Return a service token of auth itself, which asks nobody for it; `follow` must run.

    Args:
        tokens: issues it.
        service: the name of the role.
        secret: of the mesh; without one, others are called as nobody.
        clock: seconds since 1970.
    """
    text = secret.get_secret_value()
    return ServiceToken(_issuing(tokens, service, text) if text else None, clock=clock)


def _issuing(tokens: ServiceTokens, service: str, secret: str) -> Issue:
    async def issue() -> IssuedToken:
        token = tokens.issue(service, secret)
        return IssuedToken(text=token.text, expires_at=token.expires_at.timestamp())

    return issue
