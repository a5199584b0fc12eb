"""An event's trace goes with it over the bus, and whoever works on it has a span there."""

from datetime import UTC, datetime

import pytest
from tests.fixtures.otlp_collector import Collected, Collector, collecting
from tests.tracing.traced import ORIGIN, recording

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.domain.events import UnderlyingTick
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.domain.traceparent import is_sampled, is_traceparent
from deltastream.enrichment.enricher import Enricher
from deltastream.feed.payloads import tick_payload
from deltastream.ports.bus import Entry
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.traced_events import handling, publishing

NOW = datetime(2026, 1, 27, 9, 30, tzinfo=UTC)
RAW, ENRICHED = (
    subject_of(kind, "NIFTY") for kind in (SubjectKind.RAW_TICKS, SubjectKind.ENRICHED_TICKS)
)


def raw(sequence: int, traceparent: str | None) -> Entry:
    tick = UnderlyingTick(product="NIFTY", price=24_500.0, timestamp=NOW)
    payload = tick_payload([tick], first_sequence=sequence, processed_at=NOW)
    return Entry(subject=RAW, sequence=sequence, payload=payload, traceparent=traceparent)


def origin(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def named(collector: Collector, name: str) -> list[Collected]:
    return [span for span in collector.spans if span.name == name]


async def test_what_is_published_together_has_the_trace_that_begins_there(
    recorded: Collector,
) -> None:
    with publishing(3) as traceparent:
        assert traceparent is not None
        assert is_traceparent(traceparent)
        assert is_sampled(traceparent)

    span = await recorded.one(lambda span: span.name == "publish")

    assert (span.kind, span.parent) == ("PRODUCER", "")
    assert traceparent.split("-")[1:3] == [span.trace_id, span.span_id]
    assert span.attributes["messaging.batch.message_count"] == 3


async def test_what_is_not_recorded_leaves_no_mark_on_the_bus() -> None:
    async with collecting() as collector, recording(collector.endpoint, ratio=0.0):
        with publishing(1) as traceparent:
            assert traceparent is None
            assert spans.current() is not None


async def test_nothing_is_published_with_a_trace_where_nothing_is_traced() -> None:
    with publishing(1) as traceparent:
        assert traceparent is None
    with handling("enrich", [ORIGIN]):
        assert spans.current() is None


async def test_an_enriched_event_is_told_of_with_the_trace_of_its_raw_one() -> None:
    enricher = Enricher(products={}, policy=PricingPolicy(), clock=lambda: NOW)

    found = [each.publication for each in enricher.enrich_together([raw(1, ORIGIN), raw(2, None)])]

    assert [entry and (entry.subject, entry.traceparent) for entry in found] == [
        (ENRICHED, ORIGIN),
        (ENRICHED, None),
    ]


async def test_work_on_events_of_several_traces_has_a_span_in_each(recorded: Collector) -> None:
    with handling("enrich", [None, origin(1), origin(2), origin(1), None]):
        pass

    first, second = sorted(
        await recorded.wait(lambda span: span.name == "enrich", count=2),
        key=lambda span: span.trace_id,
    )

    assert [(each.trace_id, each.parent) for each in (first, second)] == [
        (f"{number:032x}", f"{number:016x}") for number in (1, 2)
    ]
    assert (list(first.links), list(second.links)) == ([], [first.trace_id])


async def test_no_span_is_made_for_events_that_are_not_traced(recorded: Collector) -> None:
    with handling("enrich", [None, None]):
        assert spans.current() is None


async def test_work_that_fails_says_so_in_every_trace(recorded: Collector) -> None:
    with (
        pytest.raises(ValueError, match="of no concern"),
        handling("store", [origin(1), origin(2)]),
    ):
        raise ValueError("of no concern")

    found = await recorded.wait(lambda span: span.name == "store", count=2)

    assert [(span.is_error, span.attributes["error.type"]) for span in found] == [
        (True, "ValueError")
    ] * 2


async def test_one_piece_of_work_is_told_of_in_so_many_traces_and_no_more(
    recorded: Collector,
) -> None:
    with handling("store", map(origin, range(1, 200))):
        pass

    await recorded.wait(lambda span: span.name == "store", count=64)

    assert len(named(recorded, "store")) == 64


async def test_events_go_over_a_bus_with_their_trace() -> None:
    bus = MemoryBus()

    await bus.publish([raw(1, ORIGIN), raw(2, None)])

    entries = await bus.tail({RAW: 0}, limit=10, wait=0.0)
    assert [entry.traceparent for entry in entries] == [ORIGIN, None]
