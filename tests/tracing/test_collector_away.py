"""A collector that is away costs a log line now and then, and nothing else."""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs
from tests.fixtures.free_port import free_port
from tests.fixtures.running_mesh import environment

from deltastream.runtime.telemetry.span_export import ReportingExporter

SECONDS = 30.0
FAREWELL_SECONDS = 2.0
SPANS = 4_000
_ROLE = """
import sys, time
from typing import ClassVar
import structlog
from deltastream.runtime.lifecycle import run_role
from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.spans import Kind

class Settings(RoleSettings):
    role: ClassVar[str] = "tested"

async def work(settings, shutdown):
    begun = time.process_time()
    for number in range(4_000):
        spans.start("work", kind=Kind.CONSUMER).end()
    took = time.process_time() - begun
    structlog.get_logger().info("worked", seconds=took, ended_at=time.time())

sys.exit(run_role(Settings, work))
"""


@pytest.fixture(params=["nobody listens", "nobody answers"])
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "nobody listens":
        yield f"http://127.0.0.1:{free_port()}"
        return
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


async def test_a_role_works_and_ends_as_ever(endpoint: str) -> None:
    settings = {"DELTASTREAM_OTLP_ENDPOINT": endpoint, "DELTASTREAM_TRACE_RATIO": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _ROLE,
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate()
    ended_at = time.time()

    events = [json.loads(line) for line in output.splitlines()]
    assert process.returncode == 0
    (worked,) = [event for event in events if event["event"] == "worked"]
    warnings = [event["event"] for event in events if event["level"] != "info"]
    assert warnings in ([], ["spans_not_taken"])
    assert worked["seconds"] < SPANS * 0.0005
    assert ended_at - worked["ended_at"] < FAREWELL_SECONDS + 15.0


class Deaf(SpanExporter):
    """Takes spans, or does not."""

    takes = False

    def export(self, spans: object) -> SpanExportResult:
        return SpanExportResult.SUCCESS if self.takes else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        pass


def test_what_is_lost_is_told_at_once_then_once_a_minute_and_when_it_is_over() -> None:
    times = iter([0.0, 1.0, 59.0, 60.0, 61.0, 64.0])
    deaf = Deaf()
    exporter = ReportingExporter(deaf, endpoint="http://collector:4317", clock=lambda: next(times))
    batch: list[ReadableSpan] = [ReadableSpan("one"), ReadableSpan("other")]

    with capture_logs() as events:
        for _ in range(5):
            assert exporter.export(batch) is SpanExportResult.FAILURE
        deaf.takes = True
        for _ in range(2):
            assert exporter.export(batch) is SpanExportResult.SUCCESS
        deaf.takes = False
        exporter.export(batch)

    assert [(event["event"], event["lost"]) for event in events] == [
        ("spans_not_taken", 2),
        ("spans_not_taken", 8),
        ("spans_taken_again", 10),
        ("spans_not_taken", 2),
    ]
    assert {event["collector"] for event in events} == {"http://collector:4317"}
