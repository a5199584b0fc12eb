"""Who is calling: an access token on every call."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar, cast

import grpc

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

Token = str | Callable[[], Awaitable[str]] | None
"""An access token, or what gets one when it is needed."""

_HEADER: Final = "authorization"


class Credentials:
    """Holds the token, or what gets it, and never shows it."""

    def __init__(self, token: Token) -> None:
        """Hold a token; None calls anonymously."""
        self._token = token

    @property
    def are_given(self) -> bool:
        """Whether there is a secret to protect."""
        return self._token is not None

    @property
    def are_renewed(self) -> bool:
        """Whether every call may have another token."""
        return callable(self._token)

    async def metadata(self) -> tuple[tuple[str, str], ...]:
        """Return what to send with a call."""
        token = await self._token() if callable(self._token) else self._token
        return () if token is None else ((_HEADER, f"Bearer {token}"),)

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
        details = await self._credentials.on(client_call_details)
        # What gRPC makes of an interceptor's answer may be the call itself.
        return cast("ResponseT", await continuation(details, request))


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
