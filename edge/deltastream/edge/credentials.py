"""What callers identify themselves with, as services are told of it."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

import grpc

from deltastream.access.v1 import access_pb2
from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.contract import required_role

AUTHORIZATION: Final = "authorization"
API_KEY: Final = "x-api-key"
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")

Metadata = tuple[tuple[str, str], ...]


class KeyExchange(Protocol):
    """Knows tokens for API keys."""

    async def token_for(self, api_key: str) -> str:
        """Return an access token with the key's roles.

        Raises:
            StatusError: there is none for it, or it cannot be had now.
        """
        ...


class Credentials:
    """Passes on access tokens as they are, for services to judge, and exchanges API keys for them.

    Services never see a key.
    """

    def __init__(self, keys: KeyExchange | None = None) -> None:
        """Exchange by `keys`; None takes no notice of API keys."""
        self._keys = keys

    def of_callers_of(self, path: str) -> "Credentials":
        """Return those for a method: what is for anybody has no need of anybody's key."""
        return Credentials() if required_role(path) == access_pb2.ROLE_PUBLIC else self

    async def metadata(
        self, *, authorization: Sequence[str], api_keys: Sequence[str | bytes]
    ) -> Metadata:
        """Return what a service is to be told.

        Args:
            authorization: every value of that header.
            api_keys: every value of `x-api-key`.

        Raises:
            StatusError: it is not clear who is calling, or the key is not valid.
        """
        if not api_keys or self._keys is None:
            if len(authorization) > 1 or not all(map(_PRINTABLE.fullmatch, authorization)):
                raise _unreadable("send one Authorization header: Bearer TOKEN")
            return tuple((AUTHORIZATION, text) for text in authorization)
        key = api_keys[0]
        if authorization or len(api_keys) > 1 or not isinstance(key, str):
            raise _unreadable("send an access token or an API key, one and once")
        return ((AUTHORIZATION, f"Bearer {await self._keys.token_for(key)}"),)


def _unreadable(message: str) -> StatusError:
    return StatusError(
        status_of(
            grpc.StatusCode.UNAUTHENTICATED,
            ErrorReason.ERROR_REASON_CREDENTIALS_INVALID,
            message,
        )
    )
