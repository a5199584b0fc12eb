"""Spans of what a traced stream sends, linked to the traces of the events in it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from deltastream.runtime.telemetry import attributes, spans
from deltastream.runtime.telemetry.spans import Kind, Span


def linked(
    frames: AsyncGenerator[bytes, None], traceparents: Callable[[], Sequence[str]]
) -> AsyncGenerator[bytes, None]:
    """Pass frames on; where the stream is traced, those with traced events in a span.

    It begins as the frame is there, ends as the connection has taken it, and links to the events'
    traces, which are other ones than the stream's own.

    Args:
        frames: of one stream.
        traceparents: returns those of the events in the last frame.
    """
    subscription = spans.current()
    if subscription is None or not subscription.is_sampled:
        return frames
    return _linked(frames, traceparents, subscription)


async def _linked(
    frames: AsyncGenerator[bytes, None],
    traceparents: Callable[[], Sequence[str]],
    subscription: Span,
) -> AsyncGenerator[bytes, None]:
    async with aclosing(frames):
        async for frame in frames:
            traces = traceparents()
            span = _start(traces, subscription) if traces else None
            try:
                yield frame
            finally:
                if span is not None:
                    span.end()


def _start(traces: Sequence[str], subscription: Span) -> Span | None:
    return spans.start(
        "send",
        kind=Kind.PRODUCER,
        parent=subscription,
        links=traces,
        attributes={attributes.RPC_SYSTEM: attributes.GRPC},
    )
