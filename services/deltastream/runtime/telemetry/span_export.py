"""Sends spans to a collector, which may be away."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from deltastream.log_library import structlog

_log = structlog.get_logger()
_REPORT_SECONDS: Final = 60.0


class ReportingExporter(SpanExporter):
    """Says that spans are lost: at once, then once a minute, and when they are lost no more.

    The exporter behind it would say so at each attempt.

    Args:
        exporter: sends them.
        endpoint: where to, for the log.
        clock: seconds, always growing.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        endpoint: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._clock = clock
        self._lost = 0
        self._report_at = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans, or count them as lost."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._note_success()
        else:
            self._note_loss(len(spans))
        return result

    def shutdown(self) -> None:
        """See SpanExporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """See SpanExporter."""
        return self._exporter.force_flush(timeout_millis)

    def _note_loss(self, count: int) -> None:
        self._lost += count
        now = self._clock()
        if now >= self._report_at:
            self._report_at = now + _REPORT_SECONDS
            _log.warning("spans_not_taken", collector=self._endpoint, lost=self._lost)

    def _note_success(self) -> None:
        if self._lost:
            _log.info("spans_taken_again", collector=self._endpoint, lost=self._lost)
            self._lost, self._report_at = 0, 0.0
