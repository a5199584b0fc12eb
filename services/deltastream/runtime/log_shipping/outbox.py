"""What has been logged and is not shipped yet."""

from collections import deque
from threading import RLock
from typing import Final

from deltastream.log_library import structlog
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.log_shipping.entries import entry_of, level_of

_MOST: Final = 5000
_MOST_BYTES: Final = 1024 * 1024
_TOGETHER: Final = 200
_TOGETHER_BYTES: Final = 512 * 1024


class Outbox:
    """A processor of structlog that keeps a copy of each event, and passes it on as it is.

    It holds 5,000 events, and 1 MiB of them. When it is full the oldest give way, and are counted:
    standard output has them. Whoever logs never waits, in whatever thread that is.

    Attributes:
        least: the least level of the events that are kept.
        dropped: how many have given way.
    """

    def __init__(
        self,
        *,
        least: "pb.LogLevel.ValueType" = pb.LOG_LEVEL_INFO,
        most: int = _MOST,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        """Hold nothing yet.

        Args:
            least: the least level of the events that are kept.
            most: how many are held.
            most_bytes: how many bytes of them.
        """
        self.least = least
        self.dropped = 0
        self._most = most
        self._most_bytes = most_bytes
        self._entries: deque[pb.LogEntry] = deque()
        self._bytes = 0
        # What is collected while it is held may have something to log, in the same thread.
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._entries)

    def __call__(
        self, logger: object, method: str, event: structlog.types.EventDict
    ) -> structlog.types.EventDict:
        """Keep a copy of an event that matters enough."""
        del logger, method
        if level_of(event) >= self.least:
            self._put(entry_of(event))
        return event

    def take(self) -> list[pb.LogEntry]:
        """Take out the oldest, as many as one call carries."""
        taken: list[pb.LogEntry] = []
        length = 0
        with self._lock:
            while self._entries and len(taken) < _TOGETHER and length < _TOGETHER_BYTES:
                taken.append(self._entries.popleft())
                length += taken[-1].ByteSize()
            self._bytes -= length
        return taken

    def put_back(self, entries: list[pb.LogEntry]) -> None:
        """Put what was taken back to its place: it was not shipped."""
        with self._lock:
            self._entries.extendleft(reversed(entries))
            self._bytes += sum(entry.ByteSize() for entry in entries)
            self._make_room()

    def _put(self, entry: pb.LogEntry) -> None:
        with self._lock:
            self._entries.append(entry)
            self._bytes += entry.ByteSize()
            self._make_room()

    def _make_room(self) -> None:
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._bytes -= self._entries.popleft().ByteSize()
            self.dropped += 1


OUTBOX: Final = Outbox()
"""That of this process: as with logs, there is one place where they are taken from."""
