"""Structured logs: one event per thing that happened, one line each, on standard output.

What libraries log, warn of and fail with is written like our own events.
"""

import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any, Final, Literal

from deltastream.log_library import EventDict, ExcInfo, Processor, structlog
from deltastream.runtime.telemetry import spans

LogFormat = Literal["auto", "json", "pretty"]
_FIRST: Final = ("timestamp", "level", "event", "service", "trace_id", "span_id")
_log = structlog.get_logger()


def configure_logs(
    *, role: str, level: str, log_format: LogFormat, copied_to: Sequence[Processor] = ()
) -> None:
    """Set up logging for the whole process.

    Args:
        role: stands on every event as `service`.
        level: the least level shown, such as "info".
        log_format: "auto" is pretty on a terminal and JSON elsewhere.
        copied_to: what takes a copy of each event, and passes it on as it is.
    """
    pretty = log_format == "pretty" or (log_format == "auto" and sys.stdout.isatty())
    completing, rendering = _completing(role), (*copied_to, *_rendering(pretty=pretty))
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*completing, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logs(completing, rendering, level=max(threshold, logging.WARNING))
    _take_over_uncaught()


def _completing(role: str) -> Sequence[Processor]:
    """Return what gives every event its fields, whoever it is from."""

    def add_service(_: object, __: str, event: EventDict) -> EventDict:
        event["service"] = role
        return event

    return (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_trace,
        structlog.processors.StackInfoRenderer(),
    )


def _rendering(*, pretty: bool) -> Sequence[Processor]:
    """Return what makes a line of an event."""
    if pretty:
        # It writes exceptions itself; plainly, or it would show the values of variables with them.
        plainly = structlog.dev.plain_traceback
        return (structlog.dev.ConsoleRenderer(exception_formatter=plainly),)
    return (
        structlog.processors.format_exc_info,
        _put_first,
        structlog.processors.JSONRenderer(default=repr, ensure_ascii=False),
    )


def _add_trace(_: object, __: str, event: EventDict) -> EventDict:
    """Name the span that the event happened in, recorded or not."""
    span = spans.current()
    if span is not None:
        event["trace_id"], event["span_id"] = span.trace_id, span.span_id
    return event


def _put_first(_: object, __: str, event: EventDict) -> EventDict:
    """Begin with what every event has: a person reads these lines as well."""
    return {name: event.pop(name) for name in _FIRST if name in event} | dict(event)


def _take_over_standard_logs(
    completing: Sequence[Processor], rendering: Sequence[Processor], *, level: int
) -> None:
    """Write what libraries log as events; only their warnings concern an operator."""
    handler = _Events()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*completing, _add_logger],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def _add_logger(_: object, __: str, event: EventDict) -> EventDict:
    """Say which library it is."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    return event


def _take_over_uncaught() -> None:
    """Write what nobody caught as an event, in whatever thread it is raised."""

    def on_uncaught(*error: Any) -> None:
        _note_uncaught(error)

    def on_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            _note_uncaught((args.exc_type, args.exc_value, args.exc_traceback))

    def on_unraisable(args: "sys.UnraisableHookArgs") -> None:
        _note_uncaught((args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook = on_uncaught
    threading.excepthook = on_uncaught_in_thread
    sys.unraisablehook = on_unraisable


def _note_uncaught(error: ExcInfo | tuple[Any, ...]) -> None:
    _log.critical("uncaught_exception", exc_info=error)


class _Lines:
    """Writes events to standard output.

    A reader that has gone away, as when a supervisor is killed, must not stop the work: its
    events are lost, and nothing else.
    """

    def __init__(self, *_: object) -> None:
        self._stream = sys.stdout

    def msg(self, text: str) -> None:
        """Write one line, if anybody still reads."""
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except OSError:
            # What is buffered would fail again when Python exits, and spoil the exit status.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    debug = info = warning = error = critical = exception = msg


class _Events(logging.Handler):
    """Writes what came by the standard library's logs to where all events go."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        _Lines().msg(self.format(record))
