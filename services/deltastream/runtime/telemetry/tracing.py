"""Traces by OTLP: the one module that makes spans of OpenTelemetry's.

It is imported where an endpoint is set, and nowhere else: it takes some ten megabytes.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as RecordedSpan
from opentelemetry.trace import Tracer as Recorder
from opentelemetry.trace.status import Status, StatusCode

from deltastream.runtime.telemetry import attributes as names
from deltastream.runtime.telemetry.resource import described
from deltastream.runtime.telemetry.span_export import ReportingExporter
from deltastream.runtime.telemetry.spans import Attributes, Kind, Span, recorded_by

_MOST_WAITING: Final = 2048
"""How many spans may wait to be sent; when it is full, the oldest are lost."""
# Small, because who encodes them holds up everybody else for as long: some milliseconds.
_SENT_AT_ONCE: Final = 128
_DELAY_SECONDS: Final = 1.0
_ATTEMPT_SECONDS: Final = 3
_FAREWELL_SECONDS: Final = 2.0
_KINDS: Final = {kind: SpanKind[kind.name] for kind in Kind}
_BEFORE_EVERYTHING: Final = Context()


@contextmanager
def tracing(
    role: str, *, endpoint: str, ratio: float, delay: float = _DELAY_SECONDS
) -> Iterator[None]:
    """Record the process's spans while the block runs; then send what is left, for a moment.

    Certificates and headers are read from the variables that OpenTelemetry names for them.

    Args:
        role: what the process is.
        endpoint: http://HOST:PORT of a collector that takes OTLP over gRPC, or https://.
        ratio: which part of the traces that begin here is recorded. A trace that has begun
            elsewhere is recorded as it says itself.
        delay: seconds that a span may wait for others to be sent with.
    """
    # What goes wrong with the collector is said by us, and less often.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    sender = OTLPSpanExporter(endpoint=endpoint, timeout=_ATTEMPT_SECONDS)
    processor = BatchSpanProcessor(
        ReportingExporter(sender, endpoint=endpoint),
        max_queue_size=_MOST_WAITING,
        max_export_batch_size=_SENT_AT_ONCE,
        schedule_delay_millis=delay * 1000,
    )
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(ratio)),
        resource=Resource.create(described(role)),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(processor)
    try:
        with recorded_by(OpenTelemetryTracer(provider.get_tracer("deltastream"))):
            yield
    finally:
        _finish(provider, sender)


def _finish(provider: TracerProvider, sender: SpanExporter) -> None:
    """Send what waits. A collector that does not answer is not waited for: its line is cut."""
    cut = Timer(_FAREWELL_SECONDS, sender.shutdown)
    cut.daemon = True
    cut.start()
    provider.shutdown()
    cut.cancel()


class OpenTelemetryTracer:
    """Makes OpenTelemetry's spans. See `spans.Tracer`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def start(
        self,
        name: str,
        *,
        kind: Kind,
        parent: Span | str | None,
        links: Sequence[str],
        attributes: Attributes,
    ) -> "OpenTelemetrySpan":
        """See the protocol."""
        return OpenTelemetrySpan(
            self._recorder.start_span(
                name,
                context=_context_of(parent),
                kind=_KINDS[kind],
                attributes=attributes,
                links=[Link(_place_of(link)) for link in links],
                record_exception=False,
                set_status_on_exception=False,
            )
        )


class OpenTelemetrySpan:
    """A span of OpenTelemetry's. See `spans.Span`."""

    __slots__ = ("_span",)

    def __init__(self, span: RecordedSpan) -> None:
        self._span = span

    @property
    def recorded(self) -> RecordedSpan:
        """What it is a wrapping of."""
        return self._span

    @property
    def trace_id(self) -> str:
        """See the protocol."""
        return f"{self._span.get_span_context().trace_id:032x}"

    @property
    def span_id(self) -> str:
        """See the protocol."""
        return f"{self._span.get_span_context().span_id:016x}"

    @property
    def traceparent(self) -> str:
        """See the protocol."""
        place = self._span.get_span_context()
        return f"00-{place.trace_id:032x}-{place.span_id:016x}-{place.trace_flags:02x}"

    @property
    def is_sampled(self) -> bool:
        """See the protocol."""
        return self._span.get_span_context().trace_flags.sampled

    def describe(self, name: str, value: str | int) -> None:
        """See the protocol."""
        self._span.set_attribute(name, value)

    def fail(self, error_type: str) -> None:
        """See the protocol. Without a word of what the error says: that may be a secret."""
        self._span.set_status(Status(StatusCode.ERROR))
        self._span.set_attribute(names.ERROR_TYPE, error_type)

    def end(self) -> None:
        """See the protocol."""
        if self._span.is_recording():
            self._span.end()


def _context_of(parent: Span | str | None) -> Context:
    if parent is None:
        return _BEFORE_EVERYTHING
    if isinstance(parent, OpenTelemetrySpan):
        return set_span_in_context(parent.recorded, _BEFORE_EVERYTHING)
    traceparent = parent if isinstance(parent, str) else parent.traceparent
    return set_span_in_context(NonRecordingSpan(_place_of(traceparent)), _BEFORE_EVERYTHING)


def _place_of(traceparent: str) -> SpanContext:
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(
        trace_id=int(trace_id, 16),
        span_id=int(span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(flags, 16)),
    )
