"""What enrichment measures of what it does, and of what it gives up."""

from functools import partial
from operator import eq

import pytest
from tests.enrichment.bench import RAW_CHAINS, Bench, working
from tests.enrichment.candle_bench import entry, tick
from tests.enrichment.poison import handle
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured

from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.measures import DeadLetterLevel
from deltastream.enrichment.tries import Trouble
from deltastream.ports.bus import Entry
from deltastream.runtime.codec.chains import encode_chain
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.names import Metric


class Since:
    """Tells what was measured from now on."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str, str], float] = {}

    def value(self, metric: Metric, suffix: str = "", **labels: str) -> float:
        """Return by how much a series has grown since it was asked about first."""
        now = measured(metric, suffix, **labels)
        key = (metric.name, suffix, str(labels))
        return now - self._before.setdefault(key, now)


@pytest.fixture
def since() -> Since:
    return Since()


def of_chains(since: Since) -> dict[str, float]:
    return {
        "enriched": since.value(names.ENRICHED_EVENTS, kind="chains"),
        "published": since.value(names.BUS_PUBLISHED, kind="chains"),
        "told": since.value(names.EVENT_AGE, "_count", hop="enriched", kind="chains"),
        "stored": since.value(names.EVENT_AGE, "_count", hop="stored", kind="chains"),
    }


async def test_chains_are_counted_when_they_are_told_and_when_they_are_stored(
    bench: Bench, since: Since
) -> None:
    of_chains(since)
    batches = since.value(names.ENRICHMENT_DURATION, "_count")
    await handle(bench, 1, 2, 3, fatal=())
    assert of_chains(since) == {"enriched": 3, "published": 3, "told": 3, "stored": 3}
    assert since.value(names.ENRICHMENT_DURATION, "_count") > batches


async def test_ticks_are_counted_one_by_one_and_their_entries_by_themselves(
    bench: Bench, since: Since
) -> None:
    ticks = partial(since.value, names.ENRICHED_EVENTS, kind="ticks")
    entries = partial(since.value, names.BUS_PUBLISHED, kind="ticks")
    ticks()
    entries()
    raw = entry(tick(1), tick(2), tick(3))
    async with working(bench) as replica:
        await bench.bus.publish([raw])
        await eventually(lambda: bench.unfinished(raw.subject), partial(eq, []))
        await replica.drain(seconds=5.0)
    assert ticks() == 3
    assert entries() == 1


async def test_what_is_given_up_is_counted_by_its_trouble_and_as_nothing_else(
    bench: Bench, since: Since
) -> None:
    of_chains(since)
    letters = partial(since.value, names.DEAD_LETTERS_WRITTEN)
    for trouble in Trouble:
        letters(reason=trouble.value)
    await handle(bench, 1, 2, 3, fatal={2})
    assert letters(reason="unprocessable") == 1
    assert letters(reason="refused_by_storage") == 0
    assert of_chains(since) == {"enriched": 2, "published": 2, "told": 2, "stored": 2}


async def test_what_storage_refuses_is_another_trouble_and_not_stored(
    bench: Bench, since: Since
) -> None:
    refused = partial(since.value, names.DEAD_LETTERS_WRITTEN, reason="refused_by_storage")
    stored = partial(since.value, names.EVENT_AGE, "_count", hop="stored", kind="chains")
    assert refused() == stored() == 0
    unstorable = encode_chain(chain(number=1))
    unstorable.calls[0].symbol = "no symbol"
    payload = unstorable.SerializeToString()
    await bench.bus.publish([Entry(subject=RAW_CHAINS, sequence=1, payload=payload)])
    await handle(bench, 2, fatal=())
    assert refused() == 1
    assert stored() == 1


async def test_the_letters_that_are_held_are_counted(bench: Bench) -> None:
    level = DeadLetterLevel(LetterBox(bench.bus))
    await level.look()
    assert measured(names.DEAD_LETTERS) == 0
    await handle(bench, 1, 2, 3, fatal={1, 3})
    await level.look()
    assert measured(names.DEAD_LETTERS) == 2
