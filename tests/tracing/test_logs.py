"""Whatever a process has to say is one line of JSON."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest
import pytest_asyncio
from tests.fixtures.running_mesh import environment

Events = Sequence[dict[str, Any]]
SECONDS = 30.0
BEGIN = """
import asyncio, logging, sys, threading, warnings
import structlog
from deltastream.runtime.logs import configure_logs
configure_logs(role="tested", level="info", log_format="{}")
log = structlog.get_logger()
"""
SAID = """
log.info("happened", zone="Asia/Kolkata", café="☕")
log.info("described", error=ValueError("no"), found={1})

logging.getLogger("library").warning("it is %s", "late")
logging.getLogger("library").info("of no concern")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("library").exception("it has failed")
warnings.warn("it will go", RuntimeWarning)

def report():
    logging.getLogger("library").error("in a thread")
    raise LookupError("in a thread")

async def lose():
    async def fail():
        raise LookupError("in a task")
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task

class Closing:
    def __del__(self):
        raise LookupError("in the end")

thread = threading.Thread(target=report)
thread.start()
thread.join()
asyncio.run(lose())
Closing()
"""
SPANS = """
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.spans import Kind
from deltastream.runtime.telemetry.tracing import tracing

log.info("before")
for ratio in (1, 0):
    with tracing("tested", endpoint="http://127.0.0.1:9", ratio=ratio):
        span = spans.start("work", kind=Kind.CONSUMER)
        with spans.entered(span):
            log.info("within", trace_of=span.trace_id, span_of=span.span_id)
            logging.getLogger("library").warning("within, by a library")
log.info("after")
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def said() -> Events:
    """Say all kinds of things in one process."""
    return await lines_of(SAID)


def event_of(said: Events, name: str) -> dict[str, Any]:
    (event,) = [event for event in said if event["event"] == name]
    return event


async def lines_of(code: str, *, status: int = 0) -> list[dict[str, Any]]:
    """Run some code as a process, and return what it says: every line must be an event."""
    written = await written_by(code, status=status)
    return [json.loads(line) for line in written.splitlines()]


async def written_by(code: str, *, status: int = 0, log_format: str = "json") -> str:
    """Run some code as a process, and return what it writes; nothing of that may be an error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        BEGIN.format(log_format) + code,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        output, errors = await process.communicate()
    assert errors == b""
    assert process.returncode == status
    return output.decode()


def test_an_event_begins_with_when_how_much_what_and_who(said: Events) -> None:
    event = event_of(said, "happened")

    assert list(event) == ["timestamp", "level", "event", "service", "zone", "café"]
    assert (event["level"], event["service"], event["café"]) == ("info", "tested", "☕")
    assert event["timestamp"].endswith("Z")


def test_what_has_no_json_is_written_as_it_describes_itself(said: Events) -> None:
    event = event_of(said, "described")

    assert (event["error"], event["found"]) == ("ValueError('no')", "{1}")


def test_libraries_log_events_like_our_own(said: Events) -> None:
    events = [event for event in said if event.get("logger") == "library"]

    assert [(event["level"], event["event"], event["service"]) for event in events] == [
        ("warning", "it is late", "tested"),
        ("error", "it has failed", "tested"),
        ("error", "in a thread", "tested"),
    ]
    assert "ZeroDivisionError" in events[1]["exception"]


def test_warnings_are_events(said: Events) -> None:
    (event,) = [event for event in said if event.get("logger") == "py.warnings"]

    assert event["level"] == "warning"
    assert "it will go" in event["event"]


def test_what_nobody_caught_in_a_thread_or_a_task_is_an_event(said: Events) -> None:
    lost = {
        event["exception"].splitlines()[-1]: event["level"]
        for event in said
        if "LookupError" in event.get("exception", "")
    }

    assert lost == {
        "LookupError: in a thread": "critical",
        "LookupError: in a task": "error",
        "LookupError: in the end": "critical",
    }


async def test_what_nobody_caught_is_an_event() -> None:
    (event,) = await lines_of('raise LookupError("nowhere")', status=1)

    assert (event["level"], event["event"]) == ("critical", "uncaught_exception")
    assert "LookupError: nowhere" in event["exception"]


@pytest.mark.parametrize("log_format", ["json", "pretty"])
async def test_the_values_of_variables_are_not_told_with_an_exception(log_format: str) -> None:
    written = await written_by(
        """
def fail():
    password = "-".join(["canary", "of", "a", "variable"])
    raise LookupError("nowhere")
fail()
""",
        status=1,
        log_format=log_format,
    )

    assert "LookupError" in written
    assert "canary-of-a-variable" not in written


async def test_an_event_within_a_span_names_it_recorded_or_not_and_no_other_does() -> None:
    events = [event for event in await lines_of(SPANS) if event["event"] != "spans_not_taken"]
    before, recorded, by_a_library, unrecorded, by_another, after = events

    for event, within in ((recorded, recorded), (by_a_library, recorded), (unrecorded, unrecorded)):
        assert (event["trace_id"], event["span_id"]) == (within["trace_of"], within["span_of"])
        assert list(event)[:6] == ["timestamp", "level", "event", "service", "trace_id", "span_id"]
    assert by_another["trace_id"] == unrecorded["trace_id"] != recorded["trace_id"]
    assert not {"trace_id", "span_id"} & (before.keys() | after.keys())
