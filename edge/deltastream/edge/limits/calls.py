"""Rate limits of calls to the public gRPC address."""

from collections.abc import Awaitable, Callable
from inspect import isasyncgenfunction
from typing import TYPE_CHECKING, Any, Final

import grpc

from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.limiter import TAKES_CREDENTIALS, RateLimiter, refusal_of
from deltastream.edge.passthrough.endings import Ending, end_as
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.interceptors.handlers import behaviour_of, with_behaviour

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

_OF_GRPC: Final = "/grpc."


class CallLimitInterceptor(grpc.aio.ServerInterceptor):
    """Counts each call but those of health and reflection.

    Args:
        limiter: decides.
        callers: says whose call it is.
    """

    def __init__(self, limiter: RateLimiter, callers: Callers) -> None:
        self._limiter = limiter
        self._callers = callers

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Put the limits before the handler of the called method."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or self._limiter.unlimited or method.startswith(_OF_GRPC):
            return handler
        limited = self._limited(behaviour_of(handler), handler_call_details)
        return with_behaviour(handler, limited)

    def _limited(self, behaviour: Any, details: grpc.HandlerCallDetails) -> Any:
        if isasyncgenfunction(behaviour):
            raise TypeError("handlers of the public address write their responses")

        async def call(request: Any, context: Context) -> Any:
            verdict = await self._limiter.ask(
                self._callers.of_call(details, context),
                credentials=details.method in TAKES_CREDENTIALS,
            )
            if verdict.refused is not None:
                await end_as(context, Ending.with_status(refusal_of(verdict.refused)))
            return await behaviour(request, context)

        return call
