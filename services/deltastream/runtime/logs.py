"""Structured logs: one event per thing that happened, one line each, on standard output."""

import logging
import os
import sys
from typing import Literal

import structlog
from structlog.types import Processor

LogFormat = Literal["auto", "json", "pretty"]


def configure_logs(*, role: str, level: str, log_format: LogFormat) -> None:
    """Set up logging for the whole process.

    Args:
        role: bound to every event as `service`.
        level: the least level shown, such as "info".
        log_format: "auto" is pretty on a terminal and JSON elsewhere.
    """
    pretty = log_format == "pretty" or (log_format == "auto" and sys.stdout.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info if not pretty else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=role)
    # Libraries log through the standard library; only their warnings concern an operator.
    logging.basicConfig(level=max(threshold, logging.WARNING), stream=sys.stdout)


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


def _keep(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Leave exceptions to the console renderer, which draws them itself."""
    return event
