"""Answers every method name that comes to the public address."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

import grpc
from google.protobuf.descriptor import MethodDescriptor

from deltastream.edge.admission import Admission
from deltastream.edge.credentials import Credentials
from deltastream.edge.errors.statuses import status_of
from deltastream.edge.passthrough.drain import Drain
from deltastream.edge.passthrough.endings import Ending, end_as
from deltastream.edge.passthrough.methods import is_public, role_needed
from deltastream.edge.passthrough.relay import Relay
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.errors import RoleInsufficientError, failure_of
from deltastream.runtime.interceptors.aborting import abort
from deltastream.runtime.interceptors.base import Context

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

_OF_GRPC: Final = "/grpc."
_TOKENS_ONLY: Final = Credentials()


class PassThrough(grpc.GenericRpcHandler):
    """Has a relay for each public method, and a refusal for any other.

    Args:
        methods: all that there are, by path.
        channel_of: leads to the service that owns a method.
        concurrency: how much is taken on at once.
        drain: ends streams when the edge goes away.
        credentials: of callers; by default API keys are not heeded.
    """

    def __init__(
        self,
        methods: Mapping[str, MethodDescriptor],
        channel_of: Callable[[MethodDescriptor], grpc.aio.Channel],
        *,
        concurrency: Concurrency,
        drain: Drain,
        credentials: Credentials = _TOKENS_ONLY,
    ) -> None:
        def relay_of(method: MethodDescriptor) -> Relay:
            channel = channel_of(method)
            streaming = method.client_streaming or method.server_streaming
            admission = Admission(concurrency, channel, streaming=streaming)
            return Relay(method, channel, admission=admission, drain=drain, credentials=credentials)

        self._handlers = {
            path: _relaying(method, relay_of(method)) if is_public(method) else _refusing(method)
            for path, method in methods.items()
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Handler | None":
        """Return what handles the called method; None leaves health and reflection to theirs."""
        path = handler_call_details.method
        if path.startswith(_OF_GRPC):
            return None
        return self._handlers.get(path) or _unknown(path)


def _relaying(method: MethodDescriptor, relay: Relay) -> "Handler":
    make: dict[tuple[bool, bool], Callable[[Any], Handler]] = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    behaviour = relay.stream if method.server_streaming else relay.answer
    return make[method.client_streaming, method.server_streaming](behaviour)


def _refusing(method: MethodDescriptor) -> "Handler":
    refusal = failure_of(RoleInsufficientError(role_needed(method)))

    async def refuse(_: Any, context: Context) -> NoReturn:
        await abort(context, refusal)

    return _of_any_kind(refuse)


def _unknown(path: str) -> "Handler":
    async def refuse(_: Any, context: Context) -> NoReturn:
        ending = Ending.with_status(
            status_of(
                grpc.StatusCode.UNIMPLEMENTED,
                ErrorReason.ERROR_REASON_NOT_IMPLEMENTED,
                f"{path} is not offered by this version of the server",
                metadata={"method": path},
            )
        )
        await end_as(context, ending)

    return _of_any_kind(refuse)


def _of_any_kind(behaviour: Any) -> "Handler":
    """Return a handler for calls whose kind does not matter, as nothing is read of them."""
    handler: Handler = grpc.stream_stream_rpc_method_handler(behaviour)
    return handler
