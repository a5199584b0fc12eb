"""Refuses calls beyond what the server takes on."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import grpc

from deltastream.domain.errors import OverloadedError
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.errors import failure_of
from deltastream.runtime.interceptors.aborting import abort
from deltastream.runtime.interceptors.base import Context, is_ours
from deltastream.runtime.interceptors.handlers import behaviour_of, with_behaviour

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler


class OverloadInterceptor(grpc.aio.ServerInterceptor):
    """Stands outside of all others: what is refused costs next to nothing.

    gRPC's own `maximum_concurrent_rpcs` would refuse health checks too, and a busy server would
    be taken for a dead one. Here health and reflection pass.
    """

    def __init__(self, concurrency: Concurrency) -> None:
        self._concurrency = concurrency

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Bound the handler of the called method."""
        handler = await continuation(handler_call_details)
        if handler is None or not is_ours(handler_call_details.method):
            return handler
        streaming = handler.request_streaming or handler.response_streaming
        limit = self._concurrency.streams if streaming else self._concurrency.calls
        return with_behaviour(handler, _bounded(behaviour_of(handler), limit))


def _bounded(behaviour: Any, limit: Limit) -> Any:
    async def call(request: Any, context: Context) -> Any:
        if not limit.admit():
            await abort(context, failure_of(OverloadedError(limit.size)))
        try:
            return await behaviour(request, context)
        finally:
            limit.release()

    return call
