"""Spans of the calls that come in, by the conventions for RPCs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.message import Message

from deltastream.runtime.interceptors.base import CallInterceptor, Context
from deltastream.runtime.interceptors.handlers import behaviour_of
from deltastream.runtime.telemetry import attributes, spans
from deltastream.runtime.telemetry.spans import Kind, Span
from deltastream.runtime.telemetry.traced_channel import (
    TRACEPARENT,
    facts_of,
    name_of,
    stated_place,
)

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

# What the server is to blame for; of all else the caller is.
_FAULTS: Final = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)
_BY_NUMBER: Final[dict[int, grpc.StatusCode]] = {code.value[0]: code for code in grpc.StatusCode}


class TracingInterceptor(CallInterceptor):
    """A span for each call, with the status that was sent; health and reflection have none.

    That of a stream is a short one, and ends as its first response is there: who subscribes for
    a day is not traced for a day. A stream that fails later has another one that says so.
    """

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Trace a call that answers once."""
        del request
        span = _start(method, context)
        with spans.entered(span):
            try:
                yield
            except BaseException as error:
                _describe(span, error, context)
                raise
            else:
                _describe(span, None, context)
            finally:
                span.end()

    def _surrounded(self, method: str, handler: "Handler") -> Any:
        if not handler.response_streaming:
            return super()._surrounded(method, handler)
        behaviour = behaviour_of(handler)

        async def call(request: Any, context: Context) -> None:
            subscription = _Subscription(method, context)
            with spans.entered(subscription.span):
                try:
                    await behaviour(request, _Opening(context, subscription))
                except BaseException as error:
                    subscription.failed(error)
                    raise
                if subscription.is_opening:
                    subscription.opened()

        return call


class _Subscription:
    """The beginning of a stream."""

    def __init__(self, method: str, context: Context) -> None:
        self.span = _start(method, context)
        self.is_opening = True
        self._method = method
        self._context = context

    def opened(self) -> None:
        """The first response is there."""
        self.is_opening = False
        self.span.describe(attributes.RPC_STATUS, grpc.StatusCode.OK.name)
        self.span.end()

    def failed(self, error: BaseException) -> None:
        """It has ended otherwise than by its last response."""
        span = self.span if self.is_opening else self._ending(error)
        if span is not None:
            _describe(span, error, self._context)
            span.end()

    def _ending(self, error: BaseException) -> Span | None:
        """Start a span for a stream that fails; that its caller leaves is no failure."""
        if not self.span.is_sampled or not isinstance(error, Exception):
            return None
        name = f"{name_of(self._method)} ended"
        facts = facts_of(self._method)
        return spans.start(name, kind=Kind.SERVER, parent=self.span, attributes=facts)


class _Opening:
    """The context of a stream, which tells when its first response is there."""

    def __init__(self, context: Context, subscription: _Subscription) -> None:
        self._context = context
        self._subscription = subscription

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    async def write(self, response: Any) -> None:
        """Send a response."""
        if self._subscription.is_opening:
            self._subscription.opened()
        await self._context.write(response)


def _start(method: str, context: Context) -> Span:
    span = spans.start(
        name_of(method),
        kind=Kind.SERVER,
        parent=stated_place(dict(context.invocation_metadata() or ()).get(TRACEPARENT)),
        attributes=facts_of(method),
    )
    assert span is not None  # noqa: S101 - without a tracer there is no interceptor
    return span


def _describe(span: Span, error: BaseException | None, context: Context) -> None:
    """Say how a call has ended, by the status that its caller has been sent."""
    if not span.is_sampled:
        return
    code = _code_of(error, context)
    span.describe(attributes.RPC_STATUS, code.name)
    if code in _FAULTS:
        span.fail(code.name)
    if isinstance(error, Exception):
        # What was raised before it was made a status. Its name alone: its text may be a secret.
        cause = error.__context__ if isinstance(error, grpc.aio.AbortError) else error
        if cause is not None:
            span.describe(attributes.CAUSE, type(cause).__name__)


def _code_of(error: BaseException | None, context: Context) -> grpc.StatusCode:
    if isinstance(error, asyncio.CancelledError):
        return grpc.StatusCode.CANCELLED
    otherwise = grpc.StatusCode.OK if error is None else grpc.StatusCode.UNKNOWN
    code: Any = context.code()
    # gRPC has a number, or nothing, for some.
    if isinstance(code, grpc.StatusCode):
        return code
    return _BY_NUMBER.get(code or otherwise.value[0], grpc.StatusCode.UNKNOWN)
