"""LogsService over a real server: what it takes, and what it answers."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fixtures.grpc_loopback import details_of, reason_of, refusal
from tests.logs.entries import NOON, SPAN, TRACE
from tests.logs.served import SECONDS, Served

from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

NO_SERVICES = ["../../etc/passwd", "/etc/passwd", "..", "Storage", "a/b", "a" * 41, "x\x00", "-x"]


def names_of(page: pb.QueryLogsResponse) -> list[str]:
    return [record.event for record in page.logs]


async def test_what_a_role_ships_is_kept_with_its_name(served: Served) -> None:
    first = pb.IngestRequest(
        service="feed",
        entries=[
            pb.LogEntry(
                timestamp=to_timestamp(NOON),
                level=pb.LOG_LEVEL_WARNING,
                event="one",
                trace_id=TRACE,
                span_id=SPAN,
                fields={"port": "8006"},
            ),
            pb.LogEntry(event="two"),
        ],
    )
    second = pb.IngestRequest(service="feed", entries=[pb.LogEntry(event="three")])
    assert await served.ingest(first, second) == 3
    page = await served.query(service="feed", limit=10)
    assert (page.service, page.count) == ("feed", 3)
    assert names_of(page) == ["three", "two", "one"]
    two, one = page.logs[1:]
    assert (one.service, one.level, one.trace_id, one.span_id, dict(one.fields)) == (
        *("feed", pb.LOG_LEVEL_WARNING, TRACE, SPAN),
        {"port": "8006"},
    )
    assert (two.level, two.timestamp) == (pb.LOG_LEVEL_INFO, to_timestamp(NOON))
    assert one.sequence < two.sequence


async def test_a_message_that_breaks_a_rule_is_refused_and_those_before_it_are_kept(
    served: Served,
) -> None:
    good = pb.IngestRequest(service="feed", entries=[pb.LogEntry(event="good")])
    bad = pb.IngestRequest(service="feed", entries=[pb.LogEntry(event="")])
    found = await refusal(served.stub.Ingest(iter([good, bad, good]), timeout=SECONDS))
    assert found == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert names_of(await served.query()) == ["good"]


async def test_a_message_that_is_none_is_refused(served: Served) -> None:
    ingest: Any = served.channel.stream_unary("/deltastream.logs.v1.LogsService/Ingest")
    found = await refusal(ingest(iter([b"\xff\xff"]), timeout=SECONDS))
    assert found == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")


@pytest.mark.parametrize("name", NO_SERVICES)
async def test_a_service_is_a_name_and_never_a_path(served: Served, name: str) -> None:
    entry = pb.LogEntry(event="x")
    calls: Iterator[Any] = iter(
        [
            served.stub.Ingest(iter([pb.IngestRequest(service=name, entries=[entry])])),
            served.stub.WriteLogs(pb.WriteLogsRequest(service=name, event="x")),
            served.stub.QueryLogs(pb.QueryLogsRequest(service=name)),
            served.stub.TailLogs(pb.TailLogsRequest(services=[name])).read(),
        ]
    )
    for call in calls:
        assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert not (await served.query()).logs


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "request"),
        ({"event": "a", "message": "b"}, "request"),
        ({"event": "a", "entries": [pb.LogEntry(event="b")]}, "request"),
        ({"event": "a", "level": "loud"}, "level"),
        ({"event": "a", "trace_id": "xyz"}, "trace_id"),
        ({"event": "a" * 8193}, "event"),
        ({"event": "a", "fields": {str(i): "" for i in range(65)}}, "fields"),
        ({"event": "a", "fields": {"b" * 65: ""}}, "fields"),
        ({"event": "a", "fields": {"b": "c" * 40_000, "d": "e" * 30_000}}, "fields"),
        ({"event": "a", "timestamp": Timestamp(seconds=-1)}, "timestamp"),
        ({"event": "a", "timestamp": Timestamp(seconds=1 << 60)}, "timestamp"),
        ({"entries": [pb.LogEntry(event="a"), pb.LogEntry()]}, "entries[1].event"),
        (
            {"entries": [pb.LogEntry(event="a", timestamp=Timestamp(seconds=-1))]},
            "entries[0].timestamp",
        ),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_name_and_nothing_is_kept(
    served: Served, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.stub.WriteLogs(pb.WriteLogsRequest(service="mine", **fields))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
    (violations,) = [d for d in details_of(caught.value) if "field_violations" in str(d)]
    assert field in {
        violation.field.partition("[" if field == "fields" else "\0")[0]
        for violation in violations.field_violations  # type: ignore[attr-defined]
    }
    assert not (await served.query()).logs


@pytest.mark.parametrize(
    ("level", "expected"),
    [("", "INFO"), ("debug", "DEBUG"), ("WARNING", "WARNING"), ("critical", "CRITICAL")],
)
async def test_levels_are_taken_as_the_original_platform_writes_them(
    served: Served, level: str, expected: str
) -> None:
    await served.write("", message="hello", level=level)
    (record,) = (await served.query()).logs
    assert (record.event, pb.LogLevel.Name(record.level)) == ("hello", f"LOG_LEVEL_{expected}")


async def test_pages_are_bound_to_their_filter(served: Served) -> None:
    for number in range(5):
        await served.write(str(number), level="error" if number % 2 else "info")
    first = await served.query(page_size=2)
    assert names_of(first) == ["4", "3"]
    second = await served.query(page_size=2, page_token=first.next_page_token)
    third = await served.query(page_size=2, page_token=second.next_page_token)
    assert (names_of(second), names_of(third), third.next_page_token) == (["2", "1"], ["0"], "")
    for other in ({"level": pb.LOG_LEVEL_ERROR}, {"contains": "1"}, {"service": "feed"}):
        call = served.query(page_size=2, page_token=first.next_page_token, **other)
        assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")
    assert names_of(await served.query(level=pb.LOG_LEVEL_ERROR)) == ["3", "1"]


async def test_a_page_is_no_longer_than_a_client_takes(served: Served) -> None:
    long = {"text": "x" * 60_000}
    for _ in range(2):
        entries = [pb.LogEntry(event="long", fields=long) for _ in range(40)]
        await served.ingest(pb.IngestRequest(service="feed", entries=entries))
    token, found, pages = "", 0, 0
    while token or not pages:
        page = await served.query(page_size=1000, page_token=token)
        assert page.ByteSize() < 3 * 1024 * 1024
        found, pages, token = found + page.count, pages + 1, page.next_page_token
    assert found == 80
    assert pages > 1


async def test_a_time_that_cannot_be_is_refused(served: Served) -> None:
    call = served.query(start=Timestamp(seconds=1 << 60))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


async def test_records_are_counted_by_role_and_level_and_others_together(
    served: Served,
) -> None:
    def count(service: str) -> float:
        return (
            PROCESS.registry.get_sample_value(
                names.LOG_RECORDS.name, {"service": service, "level": "error"}
            )
            or 0.0
        )

    before = {service: count(service) for service in ("feed", "other")}
    await served.write(service="feed", level="error")
    await served.write(service="one-of-mine", level="error")
    await served.write(service="another-of-mine", level="error")
    assert count("feed") - before["feed"] == 1
    assert count("other") - before["other"] == 2
    assert count("one-of-mine") == 0
