"""Refuses calls beyond what the server takes on."""

from typing import TYPE_CHECKING, Any

from deltastream.domain.errors import OverloadedError
from deltastream.runtime.concurrency import Concurrency, Limit
from deltastream.runtime.errors import failure_of
from deltastream.runtime.interceptors.aborting import abort
from deltastream.runtime.interceptors.base import Context, HandlerInterceptor
from deltastream.runtime.interceptors.handlers import behaviour_of, with_behaviour

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler


class OverloadInterceptor(HandlerInterceptor):
    """Stands outside of all others: what is refused costs next to nothing.

    gRPC's own `maximum_concurrent_rpcs` would refuse health checks too, and a busy server would
    be taken for a dead one. Here health and reflection pass.
    """

    def __init__(self, concurrency: Concurrency) -> None:
        self._concurrency = concurrency

    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Bound how much of the method is under way."""
        del method
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
