"""Who may connect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import grpc

from deltastream.edge.sockets.refusal import RefusedError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

Authenticate = Callable[[str], Awaitable[object | None]]
"""Returns whom an access token identifies; None when it is not valid.

It may raise RefusedError to say more precisely why a token is refused, and grpc.aio.AioRpcError or
TimeoutError when it cannot find out.
"""

_DEADLINE_SECONDS: Final = 5.0
_LONGEST_TOKEN: Final = 8192


class Doorkeeper:
    """Decides by the `auth` payload of a connection: `{token}`."""

    def __init__(self, *, authenticate: Authenticate, allow_anonymous: bool) -> None:
        """Keep the door.

        Args:
            authenticate: see Authenticate.
            allow_anonymous: whether a client may come without a token. One with an invalid token
                may not in either case.
        """
        self._authenticate = authenticate
        self._allow_anonymous = allow_anonymous

    async def admit(self, auth: object) -> None:
        """Do nothing if the client may connect.

        Raises:
            RefusedError: it may not.
        """
        token = _token_of(auth)
        if token is not None:
            await self._check(token)
        elif not self._allow_anonymous:
            raise RefusedError(
                ErrorReason.ERROR_REASON_CREDENTIALS_MISSING,
                "send an access token: connect with the auth payload {token: TOKEN}",
            )

    async def _check(self, token: str) -> None:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                principal = await self._authenticate(token)
        except (grpc.aio.AioRpcError, TimeoutError):
            raise RefusedError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                "the token cannot be checked now; try again shortly",
            ) from None
        if principal is None:
            raise RefusedError(
                ErrorReason.ERROR_REASON_CREDENTIALS_INVALID, "the token is not valid"
            )


def _token_of(auth: object) -> str | None:
    """Return the token of an `auth` payload; None when it carries none."""
    match auth:
        case None | {"token": None}:
            return None
        case {"token": str(token)} if len(token) <= _LONGEST_TOKEN:
            return token
        case dict() if "token" not in auth:
            return None
        case _:
            raise RefusedError(
                ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
                "the auth payload must be an object whose token is a text",
            )
