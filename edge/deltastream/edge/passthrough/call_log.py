"""One log event per stream that passes: its service saw the edge as its caller."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from deltastream.log_library import structlog
from deltastream.runtime.interceptors.base import Context

_log = structlog.get_logger()


@contextmanager
def stream_logged(method: str, context: Context) -> Iterator[None]:
    """Log a stream when it ends, however it does."""
    begun = time.perf_counter()
    peer = context.peer()
    try:
        yield
    finally:
        seconds = round(time.perf_counter() - begun, 6)
        _log.info("stream_passed", method=method, peer=peer, seconds=seconds)
