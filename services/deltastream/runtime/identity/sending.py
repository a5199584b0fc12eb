"""Puts a role's identity on the calls that it makes."""

from collections.abc import Callable
from typing import Any, Final

import grpc

from deltastream.runtime.identity.service_token import Identity

_HEADER: Final = "authorization"
_NEEDS_NONE: Final = b"/grpc."

Continuation = Callable[[grpc.aio.ClientCallDetails, Any], Any]


def identifying(identity: Identity) -> tuple[grpc.aio.ClientInterceptor, ...]:
    """Return what sends an identity with each call of a channel that carries none of its own.

    As metadata: on connections without TLS gRPC refuses call credentials.
    """
    return (_OnUnary(identity), _OnStream(identity))


class _OnUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def intercept_unary_unary(
        self,
        continuation: Continuation,
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await continuation(await _identified(client_call_details, self._identity), request)


class _OnStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def intercept_unary_stream(
        self,
        continuation: Continuation,
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        return await continuation(await _identified(client_call_details, self._identity), request)


async def _identified(
    details: grpc.aio.ClientCallDetails, identity: Identity
) -> grpc.aio.ClientCallDetails:
    # Bytes, whatever the type stubs say.
    method: Any = details.method
    own: Any = details.metadata or ()
    if method.startswith(_NEEDS_NONE) or any(key == _HEADER for key, _ in own):
        return details
    return grpc.aio.ClientCallDetails(
        method=details.method,
        timeout=details.timeout,
        metadata=grpc.aio.Metadata(*own, *await identity.metadata()),
        credentials=details.credentials,
        wait_for_ready=details.wait_for_ready,
    )
