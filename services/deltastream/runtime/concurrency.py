"""How much a process takes on at once: what is beyond is refused, and nothing waits in line."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

from deltastream.log_library import structlog
from deltastream.runtime.settings import RoleSettings

_log = structlog.get_logger()
_LOG_INTERVAL: Final = 1.0
_PAUSE: Final = 0.01
_MOST_WAITING: Final = 1024
# An answer takes about a millisecond, so that as many as are always let in take as long as this. As
# with TCP's windows: quickly down, slowly up.
_LATE_SECONDS: Final = 0.03
_SHRINKING: Final = 0.8
_GROWTH: Final = 1
_LEAST: Final = 32
# Long enough for what was on its way when its sender learned that it should go elsewhere.
QUIET_SECONDS: Final = 0.1


class Limit:
    """So many at a time. It is no queue: one too many is told so at once.

    How many that are depends on how the process gets on with them, if somebody tells: see `adapt`.

    Args:
        size: how many.
        of: what they are, for the log.
        clock: seconds from any moment on.
    """

    def __init__(self, size: int, *, of: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._open = size
        self._of = of
        self._clock = clock
        self._admitted = 0
        self._refused = 0
        self._logged_at = float("-inf")
        self._asked_at = float("-inf")
        self._was_late = False

    @property
    def size(self) -> int:
        """How many there may be at most."""
        return self._size

    @property
    def admitted(self) -> int:
        """How many there are."""
        return self._admitted

    @property
    def has_room(self) -> bool:
        """Whether one more would be let in."""
        return self._admitted < self._open

    @property
    def quiet_for(self) -> float:
        """How many seconds ago one more last asked to be let in; infinity if none ever did."""
        return self._clock() - self._asked_at

    def admit(self) -> bool:
        """Let one more in, which must be released; False when there are as many as may be."""
        self._asked_at = self._clock()
        if not self.has_room:
            self._note_refusal()
            return False
        self._admitted += 1
        return True

    async def admit_within(self, seconds: float) -> bool:
        """Let one more in as soon as there is room; False when there was none in time.

        It is no queue either: who comes while there is room goes first.
        """
        clock = asyncio.get_running_loop().time
        latest = clock() + seconds
        # Woken one by one, each would hold its place for one that may have gone meanwhile.
        while not self.has_room and clock() < latest:  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE)
        return self.admit()

    def adapt(self, late: float) -> None:
        """Let in fewer at a time while the process is late with what it has, then more again.

        What is taken on beyond what can be done makes everything late, the refusals included. Late
        once may be the doing of others on the machine; it counts from the second time in a row.

        Args:
            late: by how many seconds, measured every few milliseconds.
        """
        is_late = late > _LATE_SECONDS
        was_late, self._was_late = self._was_late, is_late
        if is_late and not was_late:
            return
        if is_late:
            in_use = min(self._open, self._admitted)
            self._open = max(min(_LEAST, self._size), int(in_use * _SHRINKING))
        else:
            self._open = min(self._size, self._open + _GROWTH)

    def release(self) -> None:
        """One that was admitted is done."""
        self._admitted -= 1

    def _note_refusal(self) -> None:
        """Log refusals at most once a second: there may be thousands, and the server is busy."""
        self._refused += 1
        now = self._clock()
        if now - self._logged_at >= _LOG_INTERVAL:
            _log.warning("overloaded", of=self._of, limit=self._size, refused=self._refused)
            self._logged_at = now
            self._refused = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """What a process takes on at once.

    Attributes:
        calls: that answer once.
        streams: of any kind. They are counted apart because they last: subscribers may not keep
            questions out, nor the other way about.
        waiting: of either, for a role that is being restarted. They cost next to nothing.
    """

    calls: Limit
    streams: Limit
    waiting: Limit = field(default_factory=lambda: Limit(_MOST_WAITING, of="waiting"))

    @classmethod
    def of(cls, settings: RoleSettings) -> Self:
        """Return what a role's settings allow."""
        return cls(
            calls=Limit(settings.max_concurrent_calls, of="calls"),
            streams=Limit(settings.max_concurrent_streams, of="streams"),
        )

    async def until_quiet(self, *, quiet: float = QUIET_SECONDS, at_most: float) -> None:
        """Return when nobody has asked for anything for a while, from now on.

        A server that stops the moment it says so cuts off what its clients had sent just before
        they heard it: gRPC ends such a call as CANCELLED, HTTP closes the connection under it.

        Args:
            quiet: how long nobody has to ask, in seconds.
            at_most: return after so many seconds in any case: not every client listens.
        """
        clock = asyncio.get_running_loop().time
        begun = clock()
        missing = quiet
        while missing > 0.0 and clock() - begun < at_most:
            await asyncio.sleep(min(missing, at_most))
            silence = min(self.calls.quiet_for, self.streams.quiet_for, clock() - begun)
            missing = quiet - silence
