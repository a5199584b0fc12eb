"""What bus and storage know of candles that an earlier process was still making."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deltastream.domain.calendar.interval import Interval
from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.candles.windows import LENGTHS, MINUTE, window_start
from deltastream.domain.instants import instant_of, moment_of
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.stored_history import StoredHistory
from deltastream.enrichment.tick_columns import columns_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2
from deltastream.ports.bus import Bus
from deltastream.runtime.codec.moments import to_datetime

_LONGEST: Final = max(LENGTHS) * MINUTE
# As many as a recorder can hold: what was told and not stored yet is among them.
_RECALLED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What is known of a product's candles.

    Attributes:
        last: the sequence under which they were told last; 0 is never.
        told: versions that the bus has, oldest first; storage may lack the newest.
        stored: versions that storage has, of the time still open.
        ticks: all that storage has of that time.
    """

    last: int
    told: Sequence[candle_pb2.Candle]
    stored: Sequence[candle_pb2.Candle]
    ticks: Ticks


class CandleArchive:
    """Reads back what is needed to go on with a product's candles."""

    def __init__(self, *, bus: Bus, history: StoredHistory, policy: LatenessPolicy) -> None:
        self._bus = bus
        self._history = history
        self._policy = policy

    async def recall(self, product: str) -> Recollection:
        """Return what is known of a product's candles.

        Raises:
            DependencyUnavailableError: the bus does not answer.
            grpc.aio.AioRpcError: storage does not.
        """
        subject = subject_of(SubjectKind.ENRICHED_CANDLES, product)
        last = await self._bus.last_sequence(subject)
        entries = await self._bus.latest(subject, limit=_RECALLED)
        news = [pb.CandleBatch.FromString(entry.payload).candles for entry in entries]
        told = [candle for candles in news for candle in candles]
        # Where the bus has no news any more, the newest tick says where event time was.
        reached = _latest_start(news[-1]) if news else await self._history.newest_tick_at(product)
        if reached is None:
            return Recollection(last=last, told=told, stored=(), ticks=columns_of([]))
        span = self._still_open(instant_of(reached))
        return Recollection(
            last=last,
            told=told,
            stored=await self._history.candles(product, span),
            ticks=columns_of(await self._history.ticks(product, span)),
        )

    def _still_open(self, reached: int) -> Interval:
        """Return the time whose windows a punctual tick may still concern.

        Args:
            reached: where event time was, or the start of a window that was open then.
        """
        reach = self._policy.reach
        return Interval(
            start=moment_of(window_start(reached - reach, _LONGEST)),
            end=moment_of(reached + _LONGEST + reach),
        )


def _latest_start(news: Sequence[candle_pb2.Candle]) -> datetime:
    """Return the start of the newest window among some news.

    One that is still open says best where event time is: beside it there may be those that the
    source left behind when it was set back.
    """
    still_open = [c for c in news if c.state == candle_pb2.CANDLE_STATE_PROVISIONAL]
    return max(to_datetime(candle.start) for candle in still_open or news)
