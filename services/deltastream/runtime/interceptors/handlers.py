"""gRPC's handlers of methods: what one does, and one that does something else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import grpc

if TYPE_CHECKING:
    # Generic in the stubs alone.
    Handler = grpc.RpcMethodHandler[Any, Any]

_MAKE: Final[dict[tuple[bool, bool], Callable[..., Any]]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def behaviour_of(handler: "Handler") -> Any:
    """Return the function that serves the method, of whichever kind it is."""
    return (
        handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    )


def with_behaviour(handler: "Handler", behaviour: Any) -> "Handler":
    """Return a handler of the same kind that is served by another function."""
    return _made_like(handler, behaviour=behaviour)


def with_deserializer(handler: "Handler", deserialize: Any) -> "Handler":
    """Return a handler of the same kind that decodes requests in another way."""
    return _made_like(handler, deserialize=deserialize)


def with_serializer(handler: "Handler", serialize: Any) -> "Handler":
    """Return a handler of the same kind that encodes responses in another way."""
    return _made_like(handler, serialize=serialize)


def _made_like(
    handler: "Handler", *, behaviour: Any = None, deserialize: Any = None, serialize: Any = None
) -> "Handler":
    made: Handler = _MAKE[handler.request_streaming, handler.response_streaming](
        behaviour or behaviour_of(handler),
        deserialize or handler.request_deserializer,
        serialize or handler.response_serializer,
    )
    return made
