"""Enrichers that some events are too much for."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from operator import eq

from tests.enrichment.bench import Bench, working
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually

from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.enrichment.enricher import Enriched, Enricher
from deltastream.ports.bus import Entry
from deltastream.runtime.clock import utc_now


class PoisonedEnricher(Enricher):
    """Does something else with events of certain sequences, and counts how often."""

    def __init__(self, sequences: Collection[int], effect: Callable[[], None]) -> None:
        super().__init__(products={}, policy=PricingPolicy(), clock=utc_now)
        self._sequences = sequences
        self._effect = effect
        self.tries = 0

    def enrich_together(self, entries: Sequence[Entry]) -> list[Enriched]:
        for entry in entries:
            if entry.sequence in self._sequences:
                # Together with others, nobody knows whose trouble it is: that is no try of its own.
                self.tries += len(entries) == 1
                self._effect()
        return super().enrich_together(entries)


def raise_anything() -> None:
    raise ZeroDivisionError("float division by zero")


async def handle(bench: Bench, *numbers: int, fatal: Collection[int]) -> list[str]:
    """Have chains handled of which some cannot be; return the ids of all dead letters."""
    await bench.publish(*(chain(number=number) for number in numbers))
    async with working(bench, enricher=PoisonedEnricher(fatal, raise_anything)) as replica:
        await eventually(bench.unfinished, partial(eq, []))
        await replica.drain(seconds=5.0)
    return [letter.id for letter in await bench.letters()]
