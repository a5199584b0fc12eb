"""Access tokens for whoever has a password or an API key, renewed before they end."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import grpc

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub

_SECONDS: Final = 10.0
_FAREWELL_SECONDS: Final = 2.0
# Of a token's life; the rest is for trouble in getting the next one.
_RENEWAL: Final = 0.75
_LEAST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An access token.

    Attributes:
        token: its text.
        expires_at: when it ends, in seconds since 1970.
    """

    token: str = field(repr=False)
    expires_at: float


class Granting(Protocol):
    """Gets access tokens."""

    async def grant(self, auth: AuthServiceStub) -> Grant:
        """Return one that is new.

        Raises:
            AioRpcError: there is none to be had.
        """
        ...

    async def farewell(self, auth: AuthServiceStub) -> None:
        """Say that no more are needed."""
        ...


class Login:
    """Logs in with a password, once, and goes on with the refresh tokens of that session."""

    def __init__(self, email: str, password: str) -> None:
        """Log in as somebody, later."""
        self._email = email
        self._password = password
        self._refresh_token = ""

    async def grant(self, auth: AuthServiceStub) -> Grant:
        """See Granting."""
        if self._refresh_token:
            try:
                return self._begin(
                    await auth.Refresh(
                        pb.RefreshRequest(refresh_token=self._refresh_token), timeout=_SECONDS
                    )
                )
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
                    raise
                # The session was ended, or has been unused for too long.
                self._refresh_token = ""
        request = pb.LoginRequest(email=self._email, password=self._password)
        return self._begin(await auth.Login(request, timeout=_SECONDS))

    async def farewell(self, auth: AuthServiceStub) -> None:
        """See Granting: the session ends."""
        if self._refresh_token:
            with suppress(grpc.aio.AioRpcError):
                request = pb.LogoutRequest(refresh_token=self._refresh_token)
                await auth.Logout(request, timeout=_FAREWELL_SECONDS)
        self._refresh_token = ""

    def _begin(self, answer: pb.LoginResponse | pb.RefreshResponse) -> Grant:
        self._refresh_token = answer.refresh_token
        return _grant_of(answer)


class ApiKey:
    """Exchanges an API key."""

    def __init__(self, api_key: str) -> None:
        """Exchange a key, later."""
        self._api_key = api_key

    async def grant(self, auth: AuthServiceStub) -> Grant:
        """See Granting."""
        request = pb.ExchangeApiKeyRequest(api_key=self._api_key)
        return _grant_of(await auth.ExchangeApiKey(request, timeout=_SECONDS))

    async def farewell(self, auth: AuthServiceStub) -> None:
        """See Granting: nothing was begun."""


class RenewedToken:
    """The access token of the moment: one for all calls, replaced at three quarters of its life.

    While there is none newer to be had, the old one serves until it ends.
    """

    def __init__(
        self,
        granting: Granting,
        auth: Callable[[], AuthServiceStub],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Have none yet.

        Args:
            granting: gets them.
            auth: where from.
            clock: seconds since 1970.
        """
        self._granting = granting
        self._auth = auth
        self._clock = clock
        self._grant: Grant | None = None
        self._renew_at = 0.0
        # Many calls begin at once; one of them asks for all.
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is valid.

        Raises:
            AioRpcError: there is none to be had.
        """
        if self._grant is not None and self._clock() < self._renew_at:
            return self._grant.token
        async with self._asking:
            if self._grant is None or self._clock() >= self._renew_at:
                await self._renew()
            return self._grant.token if self._grant is not None else ""

    def forget(self, token: str) -> None:
        """Use a token no more: it was refused."""
        if self._grant is not None and self._grant.token == token:
            self._grant = None

    async def close(self) -> None:
        """End what was begun for the tokens' sake."""
        self._grant = None
        await self._granting.farewell(self._auth())

    async def _renew(self) -> None:
        try:
            grant = await self._granting.grant(self._auth())
        except grpc.aio.AioRpcError:
            if self._grant is None or self._clock() >= self._grant.expires_at:
                raise
            # The next call that comes after a while tries again.
            self._renew_at = self._clock() + _LEAST_SECONDS
            return
        now = self._clock()
        self._grant = grant
        self._renew_at = now + max(_LEAST_SECONDS, (grant.expires_at - now) * _RENEWAL)


def _grant_of(
    answer: pb.LoginResponse | pb.RefreshResponse | pb.ExchangeApiKeyResponse,
) -> Grant:
    return Grant(token=answer.token, expires_at=answer.expires_at.ToNanoseconds() / 1e9)
