"""What all our server interceptors share: one hook around a call, unary or streaming."""

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.message import Message

from deltastream.domain.errors import NotOfferedError

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

Context = grpc.aio.ServicerContext[Any, Any]
_OURS: Final = "/deltastream."


class RequestStream(Message):
    """Stands for the requests of a call that has several: they are still to come."""


def is_ours(method: str) -> bool:
    """Say whether a method belongs to the contracts: health and reflection do not."""
    return method.startswith(_OURS)


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Surrounds every call of our own services; health and reflection pass untouched."""

    @abstractmethod
    def around(
        self, method: str, request: Message, context: Context
    ) -> AbstractAsyncContextManager[None]:
        """Return what surrounds one call; `method` is its full path.

        The request of a call that sends several is a RequestStream.
        """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Wrap the handler of the called method."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        # None is gRPC's way to say that no handler knows the method.
        if handler is None or not is_ours(method):
            return handler
        if handler.request_streaming:
            return grpc.stream_unary_rpc_method_handler(
                self._collecting(method, handler.stream_unary),
                handler.request_deserializer,
                handler.response_serializer,
            )
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._streaming(method, handler.unary_stream),
                handler.request_deserializer,
                handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(method, handler.unary_unary),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _unary(self, method: str, behaviour: Any) -> Any:
        async def call(request: Message, context: Context) -> Message:
            async with self.around(method, request, context):
                # The generated base class answers methods that a servicer lacks by plain functions.
                if not inspect.iscoroutinefunction(behaviour):
                    raise NotOfferedError(method)
                response: Message = await behaviour(request, context)
                return response

        return call

    def _collecting(self, method: str, behaviour: Any) -> Any:
        """Surround a method that takes a stream and answers once; the contract has no other."""

        async def call(requests: AsyncIterator[Message], context: Context) -> Message:
            async with self.around(method, RequestStream(), context):
                if not inspect.iscoroutinefunction(behaviour):
                    raise NotOfferedError(method)
                response: Message = await behaviour(requests, context)
                return response

        return call

    def _streaming(self, method: str, behaviour: Any) -> Any:
        async def call(request: Message, context: Context) -> AsyncIterator[Message]:
            async with self.around(method, request, context):
                if not inspect.isasyncgenfunction(behaviour):
                    raise NotOfferedError(method)
                # A caller that leaves while a response is written closes each layer in its turn.
                async with aclosing(behaviour(request, context)) as responses:
                    async for response in responses:
                        yield response

        return call
