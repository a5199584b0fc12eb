"""Events that had to be given up: kept, with the reason, instead of blocking those behind them."""

import structlog

from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Bus, Entry
from deltastream.ports.clock import Clock
from deltastream.runtime.codec.moments import to_timestamp

_log = structlog.get_logger()


class DeadLetters:
    """Appends to the dead-letter subject of the bus."""

    def __init__(self, *, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def bury(self, entry: Entry, error: Exception) -> None:
        """Keep an entry that cannot be handled.

        Raises:
            DependencyUnavailableError: the bus does not answer; nothing was kept.
        """
        now = self._clock()
        _log.error(
            "event_dead_lettered",
            subject=entry.subject,
            sequence=entry.sequence,
            error=str(error),
        )
        letter = pb.DeadLetter(
            id=f"{entry.subject}/{entry.sequence}",
            subject=entry.subject,
            event_sequence=entry.sequence,
            deliveries=entry.deliveries,
            error=str(error),
            payload=entry.payload,
            failed_at=to_timestamp(now),
        )
        last = await self._bus.last_sequence(DEAD_LETTERS)
        sequence = max(last + 1, int(now.timestamp() * 1_000_000))
        await self._bus.publish(
            [Entry(subject=DEAD_LETTERS, sequence=sequence, payload=letter.SerializeToString())]
        )
