"""Spans, as the code of the mesh speaks of them, whether or not anything is traced.

Nothing of OpenTelemetry is imported here, and nothing elsewhere either, until `tracing` brings it
where an endpoint is set. Until then there are no spans, and to ask for one costs next to nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from typing import Final, Protocol

Attributes = Mapping[str, str | int]
_NO_ATTRIBUTES: Final[Attributes] = {}


class Kind(Enum):
    """On which side of what a span is."""

    SERVER = auto()
    CLIENT = auto()
    PRODUCER = auto()
    CONSUMER = auto()


class Span(Protocol):
    """A piece of work in a trace.

    One whose trace is not sampled is named all the same, so that whoever is called leaves it out
    as well, and so that the log lines of one request can be found together.
    """

    @property
    def trace_id(self) -> str:
        """Which trace: 32 hexadecimal digits."""
        ...

    @property
    def span_id(self) -> str:
        """Which span of it: 16 hexadecimal digits."""
        ...

    @property
    def traceparent(self) -> str:
        """Both, and whether it is sampled, for whoever goes on elsewhere."""
        ...

    @property
    def is_sampled(self) -> bool:
        """Whether it is recorded. What is said of one that is not is forgotten."""
        ...

    def describe(self, name: str, value: str | int) -> None:
        """Say something about it."""
        ...

    def fail(self, error_type: str) -> None:
        """Say that it has failed, and by what: a status, or the name of an exception's class."""
        ...

    def end(self) -> None:
        """Be done with it. Doing so again changes nothing."""
        ...


class Tracer(Protocol):
    """Makes spans."""

    def start(
        self,
        name: str,
        *,
        kind: Kind,
        parent: Span | str | None,
        links: Sequence[str],
        attributes: Attributes,
    ) -> Span:
        """Start a span; without a parent, a trace."""
        ...


class _Process:
    """What the process has; as with its log, there is one."""

    tracer: Tracer | None = None


_current: Final[ContextVar[Span | None]] = ContextVar("span", default=None)


@contextmanager
def recorded_by(tracer: Tracer) -> Iterator[None]:
    """Let a tracer make the process's spans while the block runs."""
    before, _Process.tracer = _Process.tracer, tracer
    try:
        yield
    finally:
        _Process.tracer = before


def are_recorded() -> bool:
    """Say whether anything is traced."""
    return _Process.tracer is not None


def current() -> Span | None:
    """Return the span that the present work is part of."""
    return _current.get()


def start(
    name: str,
    *,
    kind: Kind,
    parent: Span | str | None = None,
    links: Sequence[str] = (),
    attributes: Attributes = _NO_ATTRIBUTES,
) -> Span | None:
    """Start a span, which its caller ends; None when nothing is traced.

    Args:
        name: of few values, such as a method's or a route's.
        kind: on which side.
        parent: a span, or a traceparent that has come from elsewhere; None is the current span.
        links: traceparents of what it has to do with in other ways.
        attributes: what is known of it.
    """
    if _Process.tracer is None:
        return None
    parent = parent or _current.get()
    return _Process.tracer.start(name, kind=kind, parent=parent, links=links, attributes=attributes)


@contextmanager
def entered(span: Span | None) -> Iterator[None]:
    """Make a span the current one while the block runs."""
    before = _current.get()
    _current.set(span)
    try:
        yield
    finally:
        # Not by a token: what is left in the middle may be closed in another context.
        _current.set(before)
