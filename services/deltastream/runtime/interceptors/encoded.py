"""Lets servicers stream responses that are encoded already."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

Serializer = Callable[[Any], bytes]


class EncodedResponses(grpc.aio.ServerInterceptor):
    """Sends a streamed response that is bytes as it is, and encodes any other.

    Many subscribers get the same events: encoded once, they are sent to all.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Wrap the encoder of the called method, if it streams."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler.response_streaming or handler.request_streaming:
            return handler
        behaviour: Any = handler.unary_stream
        return grpc.unary_stream_rpc_method_handler(
            behaviour,
            handler.request_deserializer,
            _passing_bytes(handler.response_serializer),
        )


def _passing_bytes(serialize: Serializer | None) -> Serializer | None:
    if serialize is None:
        return None

    def pass_or_serialize(response: Any) -> bytes:
        return response if isinstance(response, bytes) else serialize(response)

    return pass_or_serialize
