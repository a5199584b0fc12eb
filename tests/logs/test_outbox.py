"""What is copied of the log, and what it becomes on the wire."""

import json
import threading
from typing import Any

import pytest
import structlog
from tests.logs.entries import SPAN, TRACE

from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.interceptors.validation import require_valid
from deltastream.runtime.log_shipping.entries import entry_of, level_named
from deltastream.runtime.log_shipping.outbox import Outbox

LOOP: list[Any] = []
LOOP.append(LOOP)
EVENT = {"level": "info", "timestamp": "2026-01-27T12:00:00.000001Z", "service": "feed"}


def put(outbox: Outbox, event: str, level: str = "info", **fields: Any) -> None:
    """Log something; it must be passed on as it was."""
    event_dict = {**EVENT, "event": event, "level": level, **fields}
    before = dict(event_dict)
    assert outbox(None, level, event_dict) is event_dict
    assert event_dict == before


def taken(outbox: Outbox) -> list[str]:
    return [entry.event for entry in outbox.take()]


def accepted(entry: pb.LogEntry) -> pb.LogEntry:
    """See that the service would take an entry."""
    require_valid(pb.IngestRequest(service="feed", entries=[entry]))
    texts = [entry.event, *entry.fields, *entry.fields.values()]
    assert sum(len(text.encode()) for text in texts) <= 65_536
    return entry


def test_an_event_keeps_its_time_level_and_trace_and_its_facts_become_text() -> None:
    entry = accepted(
        entry_of(
            {
                **EVENT,
                "event": "grpc_listening",
                "level": "warning",
                "trace_id": TRACE,
                "span_id": SPAN,
                "port": 8006,
                "tls": False,
                "services": ["a", "b"],
                "address": "127.0.0.1:8006",
                "error": None,
                "where": object,
            }
        )
    )
    assert entry.timestamp.ToJsonString() == "2026-01-27T12:00:00.000001Z"
    assert (entry.level, entry.event) == (pb.LOG_LEVEL_WARNING, "grpc_listening")
    assert (entry.trace_id, entry.span_id) == (TRACE, SPAN)
    facts = dict(entry.fields)
    assert facts.pop("where").strip('"') == "<class 'object'>"
    assert facts == {
        "port": "8006",
        "tls": "false",
        "services": '["a", "b"]',
        "address": "127.0.0.1:8006",
        "error": "null",
    }


def test_ids_of_another_form_stay_among_the_facts() -> None:
    entry = accepted(entry_of({**EVENT, "event": "x", "trace_id": "T-1", "span_id": 7}))
    assert (entry.trace_id, entry.span_id) == ("", "")
    assert dict(entry.fields) == {"trace_id": "T-1", "span_id": "7"}


def test_an_exception_is_written_out() -> None:
    try:
        json.loads("{")
    except ValueError as error:
        entry = accepted(entry_of({**EVENT, "event": "failed", "exc_info": error}))
    assert "JSONDecodeError" in entry.fields["exception"]
    assert "exc_info" not in entry.fields


@pytest.mark.parametrize(
    "event",
    [
        {"event": ""},
        {"event": "é" * 10_000},
        {"event": "\ud800 lone"},
        {"event": "many", **{f"field_{number}": number for number in range(200)}},
        {"event": "long", "text": "x" * 1_000_000},
        {"event": "long ones", **{f"field_{number}": "ü" * 20_000 for number in range(60)}},
        {"event": "odd", "n" * 300: 1, "": 2, "looped": LOOP},
        {"event": ["no", "text"], "timestamp": "yesterday", "level": "loud"},
    ],
    ids=lambda event: str(event["event"])[:10],
)
def test_whatever_is_logged_is_made_to_fit(event: dict[str, Any]) -> None:
    entry = accepted(entry_of({**EVENT, **event}))
    assert entry.timestamp.seconds > 0


def test_what_was_cut_says_so() -> None:
    entry = entry_of({**EVENT, "event": "long", "text": "x" * 100_000})
    assert entry.fields["text"].startswith("xxx")
    assert entry.fields["text"].endswith("… (cut)")


def test_debug_events_are_not_kept_unless_wanted() -> None:
    outbox = Outbox()
    for level in ("debug", "info", "warning", "error", "critical"):
        put(outbox, level, level)
    assert taken(outbox) == ["info", "warning", "error", "critical"]
    outbox.least = level_named("ERROR")
    for level in ("debug", "info", "warning", "error", "critical"):
        put(outbox, level, level)
    assert taken(outbox) == ["error", "critical"]


def test_when_it_is_full_the_oldest_go_and_are_counted() -> None:
    outbox = Outbox(most=3)
    for number in range(5):
        put(outbox, str(number))
    assert (taken(outbox), outbox.dropped) == (["2", "3", "4"], 2)
    heavy = Outbox(most_bytes=50_000)
    for number in range(10):
        put(heavy, str(number), text="x" * 10_000)
    assert (taken(heavy), heavy.dropped) == (["6", "7", "8", "9"], 6)


def test_what_could_not_be_shipped_goes_back_to_its_place() -> None:
    outbox = Outbox(most=4)
    for number in range(4):
        put(outbox, str(number))
    entries = outbox.take()
    put(outbox, "4")
    outbox.put_back(entries)
    assert (taken(outbox), outbox.dropped) == (["1", "2", "3", "4"], 1)
    assert len(outbox) == 0


def test_no_more_is_taken_than_a_call_carries() -> None:
    outbox = Outbox(most_bytes=1 << 24)
    for number in range(450):
        put(outbox, str(number))
    assert [len(outbox.take()) for _ in range(4)] == [200, 200, 50, 0]
    for number in range(200):
        put(outbox, str(number), text="x" * 16_000)
    assert sum(entry.ByteSize() for entry in outbox.take()) < 600_000


def test_threads_may_log_at_once() -> None:
    outbox = Outbox(most=1 << 20, most_bytes=1 << 30)
    log = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[outbox], wrapper_class=structlog.BoundLogger
    )
    threads = [
        threading.Thread(target=lambda: [log.info("x", level="info") for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(outbox) == 2000
