"""Who is calling: an access token on every call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar, cast

import grpc

from deltastream.client.signing_in import RenewedToken

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

Token = str | Callable[[], Awaitable[str]] | RenewedToken | None
"""An access token, or what gets one when it is needed."""

_HEADER: Final = "authorization"
_SIGNING_IN: Final = b"/deltastream.auth.v1.AuthService/"


class Credentials:
    """Holds the token, or what gets it, and never shows it."""

    def __init__(self, token: Token) -> None:
        """Hold a token; None calls anonymously."""
        self._token = token
        self._renewed = token if isinstance(token, RenewedToken) else None
        self._last = ""

    @property
    def are_given(self) -> bool:
        """Whether there is a secret to protect."""
        return self._token is not None

    @property
    def are_renewed(self) -> bool:
        """Whether every call may have another token."""
        return callable(self._token) or self._renewed is not None

    async def metadata(self) -> tuple[tuple[str, str], ...]:
        """Return what to send with a call."""
        token = await self._current()
        self._last = token or ""
        return () if token is None else ((_HEADER, f"Bearer {token}"),)

    def refused(self) -> None:
        """Take note that a call was refused for its token: it is not used again."""
        if self._renewed is not None:
            self._renewed.forget(self._last)

    async def close(self) -> None:
        """End the session that was begun for these credentials, if any was."""
        if self._renewed is not None:
            await self._renewed.close()

    async def _current(self) -> str | None:
        if isinstance(self._token, RenewedToken):
            return await self._token.token()
        return await self._token() if callable(self._token) else self._token

    def interceptors(self) -> list[grpc.aio.ClientInterceptor]:
        """Return what puts the token on calls that are made through stubs."""
        return [_OnUnary(self), _OnStream(self)] if self.are_given else []

    async def on(self, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
        """Return the details of a call with the token among them."""
        metadata = grpc.aio.Metadata(*(details.metadata or ()), *await self.metadata())
        return grpc.aio.ClientCallDetails(
            method=details.method,
            timeout=details.timeout,
            metadata=metadata,
            credentials=details.credentials,
            wait_for_ready=details.wait_for_ready,
        )


class _OnUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def intercept_unary_unary(
        self,
        continuation: Callable[
            [grpc.aio.ClientCallDetails, RequestT],
            Awaitable[grpc.aio.UnaryUnaryCall[RequestT, ResponseT]],
        ],
        client_call_details: grpc.aio.ClientCallDetails,
        request: RequestT,
    ) -> ResponseT:
        call = await continuation(await self._credentials.on(client_call_details), request)
        if self._credentials.are_renewed and await _is_refused(call):
            self._credentials.refused()
            # What answers for passwords and tokens of a request is not to be asked twice; of all
            # else nothing has been done yet.
            if not _signs_in(client_call_details):
                call = await continuation(await self._credentials.on(client_call_details), request)
        # What gRPC makes of an interceptor's answer may be the call itself.
        return cast("ResponseT", call)


class _OnStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def intercept_unary_stream(
        self,
        continuation: Callable[
            [grpc.aio.ClientCallDetails, RequestT],
            Awaitable[grpc.aio.UnaryStreamCall[RequestT, ResponseT]],
        ],
        client_call_details: grpc.aio.ClientCallDetails,
        request: RequestT,
    ) -> AsyncIterator[ResponseT] | grpc.aio.UnaryStreamCall[RequestT, ResponseT]:
        return await continuation(await self._credentials.on(client_call_details), request)


async def _is_refused(call: grpc.aio.UnaryUnaryCall[RequestT, ResponseT]) -> bool:
    try:
        return await call.code() is grpc.StatusCode.UNAUTHENTICATED
    except asyncio.CancelledError:
        # Only its caller is cancelled, who waits for its status: the call would go on.
        call.cancel()
        raise


def _signs_in(details: grpc.aio.ClientCallDetails) -> bool:
    # Bytes, whatever the type stubs say.
    method: Any = details.method
    return bool(method.startswith(_SIGNING_IN))
