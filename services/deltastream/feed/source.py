"""Which source this feed has."""

import asyncio
from pathlib import Path
from typing import Final

from deltastream.adapters.source.choose import SourceOptions, open_source
from deltastream.adapters.source.replay import Pace
from deltastream.domain.errors import DomainError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source
from deltastream.recording.file import is_recording
from deltastream.recording.source import RecordedSource
from deltastream.runtime.lifecycle import UsageError

_log = structlog.get_logger()
_REPLAY: Final = "replay:"


def open_feed_source(name: str, options: SourceOptions, *, clock: Clock) -> Source:
    """Open a source, and log what people should know of it.

    Args:
        name: what `open_source` takes; a replay may be of a recording too.
        options: what it is told.
        clock: the time it lives in.

    Raises:
        UsageError: there is no such source; the text says what to do.
    """
    try:
        source = _recording(name, options, clock) or open_source(name, options, clock=clock)
    except (DomainError, ValueError) as error:
        raise UsageError(str(error)) from error
    for notice in source.notices(clock()):
        _log.warning("source_notice", notice=notice)
    return source


def _recording(name: str, options: SourceOptions, clock: Clock) -> Source | None:
    """Open a recording; None when the name is of something else.

    Its messages are those of the contract, which adapters do not know.
    """
    path = Path(name.removeprefix(_REPLAY)).expanduser()
    if not name.startswith(_REPLAY) or not is_recording(path):
        return None
    return RecordedSource(
        path,
        pace=Pace(speed=options.speed, clock=clock, sleep=asyncio.sleep),
        loop=options.loop,
        pick=options.products,
        calendars=options.calendars,
    )
