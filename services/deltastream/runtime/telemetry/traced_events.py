"""Spans of what happens to events: published, enriched, stored.

An event's trace begins where feed publishes it, and its entry on the bus says where that is, if it
is recorded. Whoever works on many events at once has a span in the trace of each: all of the same
length, because it is the same work, and the first of them has the calls that were made for it.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Final

from deltastream.runtime.telemetry import attributes, spans
from deltastream.runtime.telemetry.spans import Kind, Span

_MOST: Final = 64
"""In how many traces one piece of work is told of; where it concerns more, the others lack it."""
_NO_TRACE: Final[AbstractContextManager[None]] = nullcontext()


def publishing(events: int) -> AbstractContextManager[str | None]:
    """Begin the trace of some events that are published together.

    Returns its traceparent, to publish with them; None unless it is recorded.
    """
    return _published(events) if spans.are_recorded() else _NO_TRACE


def handling(work: str, traceparents: Iterable[str | None]) -> AbstractContextManager[None]:
    """Surround a piece of work for events with a span in each of their traces.

    Args:
        work: what is done, in a word.
        traceparents: of the events; None for those that are not traced.
    """
    if not spans.are_recorded():
        return _NO_TRACE
    origins = [each for each in dict.fromkeys(traceparents) if each is not None]
    return _handled(work, origins[:_MOST]) if origins else _NO_TRACE


@contextmanager
def _published(events: int) -> Iterator[str | None]:
    facts = _facts("publish", "send") | {attributes.MESSAGING_COUNT: events}
    span = spans.start("publish", kind=Kind.PRODUCER, attributes=facts)
    if span is None:
        yield None
        return
    with _ended_together(span), spans.entered(span):
        yield span.traceparent if span.is_sampled else None


@contextmanager
def _handled(work: str, origins: Iterable[str]) -> Iterator[None]:
    first, *others = _started(work, origins)
    with _ended_together(first, *others), spans.entered(first):
        yield


def _started(work: str, origins: Iterable[str]) -> Iterator[Span]:
    """Start a span in each trace; the later ones link to the first, which has the calls."""
    first: str | None = None
    for origin in origins:
        span = spans.start(
            work,
            kind=Kind.CONSUMER,
            parent=origin,
            links=() if first is None else (first,),
            attributes=_facts(work, "process"),
        )
        if span is not None:
            first = first or span.traceparent
            yield span


@contextmanager
def _ended_together(*together: Span) -> Iterator[None]:
    with ExitStack() as stack:
        for span in together:
            stack.callback(span.end)
        try:
            yield
        except Exception as error:
            for span in together:
                span.fail(type(error).__name__)
            raise


def _facts(name: str, kind: str) -> dict[str, str | int]:
    return {
        attributes.MESSAGING_SYSTEM: attributes.BUS,
        attributes.MESSAGING_OPERATION: name,
        attributes.MESSAGING_OPERATION_TYPE: kind,
    }
