"""What all our server interceptors share: one hook around a call, unary or streaming."""

import inspect
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.message import Message

from deltastream.domain.errors import NotOfferedError
from deltastream.runtime.interceptors.handlers import behaviour_of, with_behaviour

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

Context = grpc.aio.ServicerContext[Any, Any]
_OURS: Final = "/deltastream."


class RequestStream(Message):
    """Stands for the requests of a call that has several: they are still to come."""


def is_ours(method: str) -> bool:
    """Say whether a method belongs to the contracts: health and reflection do not."""
    return method.startswith(_OURS)


class HandlerInterceptor(grpc.aio.ServerInterceptor):
    """Changes how the methods of our own services are handled; health and reflection it leaves."""

    @abstractmethod
    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Return what handles a method from now on; `method` is its full path."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Change the handler of the called method."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        # None is gRPC's way to say that no handler knows the method.
        return self.changed(method, handler) if handler is not None and is_ours(method) else handler


class CallInterceptor(HandlerInterceptor):
    """Surrounds every call of our own services.

    Inside of it a method that streams writes its responses (`writing`): a frame passes no
    interceptor on its way.
    """

    @abstractmethod
    def around(
        self, method: str, request: Message, context: Context
    ) -> AbstractAsyncContextManager[None]:
        """Return what surrounds one call; `method` is its full path.

        The request of a call that sends several is a RequestStream.
        """

    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Wrap what serves the method."""
        return with_behaviour(handler, self._surrounded(method, handler))

    def _surrounded(self, method: str, handler: "Handler") -> Any:
        """Return what serves the method from now on: a coroutine function."""
        behaviour = behaviour_of(handler)

        async def call(request: Any, context: Context) -> Any:
            shown = RequestStream() if handler.request_streaming else request
            async with self.around(method, shown, context):
                # The generated base class answers methods that a servicer lacks by plain functions.
                if not inspect.iscoroutinefunction(behaviour):
                    raise NotOfferedError(method)
                return await behaviour(request, context)

        return call
