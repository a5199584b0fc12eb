"""`deltastream log --follow`, over streams that end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from tests.logs.served import SECONDS

from deltastream.commands.role_connection import OperatorsRole
from deltastream.log_reading import actions
from deltastream.log_reading.actions import follow_log
from deltastream.log_reading.wanted import Wanted
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import (
    LogsServiceServicer,
    add_LogsServiceServicer_to_server,
)
from deltastream.runtime import exit_codes
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.streams.token import Position, write_token

WHERE_IT_WAS = write_token(Position("logs", {"log": 1}))
FURTHER_ON = write_token(Position("logs", {"log": 2}))
QUIET = pb.TailLogsResponse(resume_token=WHERE_IT_WAS)
NEWS = pb.TailLogsResponse(
    resume_token=FURTHER_ON, batch=pb.LogBatch(logs=[pb.LogRecord(event="at last")])
)
WANTED = Wanted.of(service=None, level="debug", since=None, trace="", contains="", limit=10)


class EndingStreams(LogsServiceServicer):
    """Streams that end with their tokens, each after its frames; the last one is refused."""

    def __init__(self, *streams: list[pb.TailLogsResponse]) -> None:
        self._streams = iter(streams)
        self.asked_from: list[str] = []

    async def TailLogs(
        self, request: pb.TailLogsRequest, context: Context
    ) -> AsyncIterator[pb.TailLogsResponse]:
        self.asked_from.append(request.resume_token)
        for frame in next(self._streams, []):
            yield frame
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token has expired")


@asynccontextmanager
async def serving(streams: EndingStreams, folder: Path) -> AsyncIterator[OperatorsRole]:
    """Serve them, and yield what reaches them."""
    server = grpc.aio.server()
    add_LogsServiceServicer_to_server(streams, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield OperatorsRole(
            command="log",
            role="logs",
            address=f"127.0.0.1:{port}",
            token=None,
            data_dir=None,
            otherwise=folder,
        )
    finally:
        await server.stop(0)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_PAUSE_SECONDS", 0.0)


async def followed(streams: EndingStreams, folder: Path) -> list[str]:
    """Follow until it ends for good; return what was shown."""
    shown: list[str] = []
    async with serving(streams, folder) as logs, asyncio.timeout(SECONDS):
        with pytest.raises(SystemExit) as ended:
            await follow_log(logs, WANTED, show=lambda record: shown.append(record.event))
    assert ended.value.code == exit_codes.FAILED
    return shown


async def test_streams_that_bring_nothing_are_followed_by_others(tmp_path: Path) -> None:
    streams = EndingStreams([QUIET], [QUIET], [QUIET], [NEWS])
    assert await followed(streams, tmp_path) == ["at last"]
    assert streams.asked_from == ["", WHERE_IT_WAS, WHERE_IT_WAS, WHERE_IT_WAS, FURTHER_ON]


async def test_what_is_refused_at_once_is_not_asked_for_again(tmp_path: Path) -> None:
    streams = EndingStreams()
    assert await followed(streams, tmp_path) == []
    assert streams.asked_from == [""]
