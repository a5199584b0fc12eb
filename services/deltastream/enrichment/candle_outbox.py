"""What is to be told of candles, until the bus has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deltastream.domain.events import Candle
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import candle_pb2
from deltastream.ports.bus import Entry
from deltastream.runtime.codec.candles import encode_candle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandleNews:
    """Candles of one product that have changed together.

    Attributes:
        product: the symbol.
        candles: their newest versions, to store.
        publication: the entry that tells of them; None when the bus has been told before.
    """

    product: str
    candles: tuple[candle_pb2.Candle, ...]
    publication: Entry | None = None


class CandleOutbox:
    """Gives news their place on the bus, and keeps them until they are sent.

    Candles that ticks have changed are told under the sequence of the newest raw entry among
    them. Handling it again after a crash makes the same news under the same sequence, or, if the
    crash cut the batch differently, an earlier part of them: the bus refuses both.

    Candles that silence has settled have no raw entry; they are told under the subject's last
    sequence plus one. That is free: sequences are microseconds of the feed's clock, silence lasts
    longer than that, and what the feed numbers afterwards lies beyond. If its clock was set back,
    and it counts on by ones, a raw entry may find its sequence taken; it moves to last plus one
    as well. So nothing is told under a sequence that the bus would refuse, unless it has been told.

    Once made, an entry is never made anew: whether an attempt at publishing it has succeeded or
    not, it is published again as it is, until the product is another process's.
    """

    def __init__(self) -> None:
        self._told_before: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._unsent: list[CandleNews] = []

    @property
    def unsent(self) -> Sequence[CandleNews]:
        """What is to be published, oldest first."""
        return tuple(self._unsent)

    def resume(self, product: str, last: int) -> None:
        """Go on after the last sequence of a product's subject, written by an earlier process."""
        self._told_before[product] = self._last[product] = last

    def add(self, product: str, candles: Sequence[Candle], *, raw: int | None) -> None:
        """Take in news, if there are any.

        Args:
            product: one that was resumed.
            candles: what has changed.
            raw: the sequence of the newest raw entry behind them; None when it was silence.
        """
        if not candles:
            return
        messages = tuple(map(encode_candle, candles))
        publication = None
        if raw is None or raw > self._told_before[product]:
            self._last[product] = max(raw or 0, self._last[product] + 1)
            publication = Entry(
                subject=subject_of(SubjectKind.ENRICHED_CANDLES, product),
                sequence=self._last[product],
                payload=pb.CandleBatch(candles=messages).SerializeToString(),
            )
        self._unsent.append(CandleNews(product=product, candles=messages, publication=publication))

    def sent(self, news: Iterable[CandleNews]) -> None:
        """Take note that the bus has these; others may have come meanwhile."""
        gone = set(news)
        self._unsent = [each for each in self._unsent if each not in gone]

    def forget(self, product: str) -> None:
        """Drop everything about a product: another process goes on with it."""
        self._told_before.pop(product, None)
        self._last.pop(product, None)
        self._unsent = [each for each in self._unsent if each.product != product]
