"""Spans of the calls that go out, and the W3C context that goes with them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any, Final

import grpc

from deltastream.domain.traceparent import is_traceparent
from deltastream.runtime.interceptors.base import is_ours
from deltastream.runtime.telemetry import attributes, spans
from deltastream.runtime.telemetry.spans import Attributes, Kind, Span

TRACEPARENT: Final = "traceparent"
Headers = tuple[tuple[str, str], ...]
_NONE: Final[AbstractContextManager[Headers]] = nullcontext(())


@cache
def name_of(method: str) -> str:
    """Return the name of a method of the contract, given by its path, as spans have it."""
    return method.removeprefix("/")


@cache
def facts_of(method: str) -> Attributes:
    """Return what is known of all calls of a method."""
    return {attributes.RPC_SYSTEM: attributes.GRPC, attributes.RPC_METHOD: name_of(method)}


def stated_place(traceparent: Any) -> str | None:
    """Return where a caller's trace is; None where it says nothing, or what is none."""
    if isinstance(traceparent, str) and is_traceparent(traceparent):
        return traceparent
    return None


def headers() -> Headers:
    """Return what tells whoever is called of the current span, if there is one."""
    span = spans.current()
    return () if span is None else ((TRACEPARENT, span.traceparent),)


def calling(method: str) -> AbstractContextManager[Headers]:
    """Surround a call with a span, if it is part of a trace, and return what the call is to carry.

    Args:
        method: the path of what is called.
    """
    parent = spans.current()
    if parent is None:
        return _NONE
    if not parent.is_sampled:
        return nullcontext(((TRACEPARENT, parent.traceparent),))
    return _recorded(method, parent)


@contextmanager
def _recorded(method: str, parent: Span) -> Iterator[Headers]:
    facts = {**facts_of(method), attributes.SERVER_ADDRESS: _role_of(method)}
    span = spans.start(name_of(method), kind=Kind.CLIENT, parent=parent, attributes=facts)
    if span is None:
        yield ()
        return
    try:
        yield ((TRACEPARENT, span.traceparent),)
    except grpc.aio.AioRpcError as error:
        _failed(span, error.code())
        raise
    except asyncio.CancelledError:
        _failed(span, grpc.StatusCode.CANCELLED)
        raise
    else:
        span.describe(attributes.RPC_STATUS, grpc.StatusCode.OK.name)
    finally:
        span.end()


def _role_of(method: str) -> str:
    return method.split(".")[1]


def _failed(span: Span, code: grpc.StatusCode) -> None:
    span.describe(attributes.RPC_STATUS, code.name)
    span.fail(code.name)


class TracingClientInterceptor(grpc.aio.UnaryUnaryClientInterceptor):
    """Lets the calls of a channel be part of the traces that they are made in.

    Calls that are made for no traced work go as they are, and so do those of health checks.
    Streams have no interceptors, which would cost them time for each message: who opens one in a
    trace sends `headers()` with it.
    """

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Make the call, and if it is to be recorded, see it to its end."""
        parent = spans.current()
        path = _path_of(client_call_details)
        if parent is None or not is_ours(path):
            return await continuation(client_call_details, request)
        with calling(path) as own:
            call = await continuation(_with(own, client_call_details), request)
            if parent.is_sampled:
                await call
        return call


def _path_of(details: grpc.aio.ClientCallDetails) -> str:
    # Bytes, whatever the type stubs say.
    method: Any = details.method
    return method.decode() if isinstance(method, bytes) else str(method)


def _with(more: Headers, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
    own: Any = details.metadata or ()
    return grpc.aio.ClientCallDetails(
        method=details.method,
        timeout=details.timeout,
        metadata=grpc.aio.Metadata(*own, *more),
        credentials=details.credentials,
        wait_for_ready=details.wait_for_ready,
    )
