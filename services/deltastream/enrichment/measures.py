"""What is measured of enrichment: batch by batch, and never for a tick alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final

from deltastream.enrichment.candle_outbox import CandleNews
from deltastream.enrichment.enricher import Enriched
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.tries import GivenUp, Trouble
from deltastream.ports.bus import Entry
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.hops import Ages, Hop, Published
from deltastream.runtime.telemetry.instruments import PROCESS
from deltastream.runtime.telemetry.kinds import EventKind

if TYPE_CHECKING:
    from deltastream.enrichment.recorder import Finished, Record

_seconds: Final = PROCESS.histogram(names.ENRICHMENT_DURATION)
_events: Final = PROCESS.counters(names.ENRICHED_EVENTS, "kind", EventKind)
_letters: Final = PROCESS.counters(names.DEAD_LETTERS_WRITTEN, "reason", Trouble)
_dropped: Final = PROCESS.counter(names.DEAD_LETTERS_DROPPED)
_published: Final = Published(Hop.ENRICHED)
_stored: Final = Ages(Hop.STORED)


def enriching(entries: Sequence[Entry]) -> AbstractContextManager[object]:
    """Measure how long a batch takes; an empty one, which only candles are waiting for, is none."""
    return _seconds.time() if entries else nullcontext()


def note_published(records: "Iterable[Record]") -> None:
    """Count what is on the bus now, or had nothing to tell it, by how many events it is."""
    entries: list[Entry] = []
    counts: Counter[EventKind] = Counter()
    for record in records:
        result = record if isinstance(record, CandleNews) else record.result
        if isinstance(result, GivenUp):
            continue
        if result.publication is not None:
            entries.append(result.publication)
        if isinstance(result, CandleNews):
            counts[EventKind.CANDLES] += len(result.candles)
        else:
            counts[EventKind.TICKS] += len(result.ticks)
            counts[EventKind.QUOTES] += len(result.quotes)
            counts[EventKind.CHAINS] += len(result.chains)
    _published.note(entries)
    for kind, count in counts.items():
        _events[kind].inc(count)


def note_stored(finished: "Iterable[Finished]") -> None:
    """Take note of how old events are that storage has now."""
    _stored.note(each.result.source for each in finished if isinstance(each.result, Enriched))


def note_given_up(given_up: GivenUp) -> None:
    """Count a dead letter."""
    _letters[given_up.trouble].inc()


def note_dropped_letters(count: int) -> None:
    """Count dead letters that were too many."""
    _dropped.inc(count)


def show_levels(*, leases: Callable[[], int], waiting: Callable[[], int]) -> None:
    """Measure, whenever somebody asks, how much is held and how much waits.

    Args:
        leases: how many products this replica holds.
        waiting: how many results wait to be stored.
    """
    PROCESS.gauge(names.LEASES_HELD).set_function(leases)
    PROCESS.gauge(names.CONSUMER_PENDING).set_function(waiting)


class DeadLetterLevel:
    """Measures how many dead letters are held."""

    def __init__(self, letters: LetterBox) -> None:
        self._letters = letters

    async def look(self) -> None:
        """Count them.

        Raises:
            DependencyUnavailableError: the bus does not answer.
        """
        PROCESS.gauge(names.DEAD_LETTERS).set(await self._letters.count())
