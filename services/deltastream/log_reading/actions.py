"""What can be done with the log from the command line."""

import asyncio
from collections.abc import Callable
from typing import Final

import grpc

from deltastream.commands.role_connection import OperatorsRole
from deltastream.log_reading.wanted import Wanted
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import LogsServiceStub

_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.5
_PASSING: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAUTHENTICATED})

Show = Callable[[pb.LogRecord], None]
"""Shows one record."""


async def show_log(logs: OperatorsRole, wanted: Wanted, *, show: Show) -> None:
    """Show what is there, the oldest first."""
    found: list[pb.LogRecord] = []
    token = ""
    async with logs.connected() as channel:
        stub = LogsServiceStub(channel)
        while missing := wanted.limit - len(found):
            request = wanted.page(token, missing=missing)
            page = await stub.QueryLogs(request, timeout=_SECONDS)
            found.extend(page.logs)
            token = page.next_page_token
            if not token:
                break
    for record in reversed(found):
        show(record)


async def follow_log(logs: OperatorsRole, wanted: Wanted, *, show: Show) -> None:
    """Show what comes, until interrupted.

    A stream ends with its token, about every minute, and with a role that is replaced or restarted:
    it goes on where it was, as soon as there is somebody. What is refused before it has said
    anything is refused for good.
    """
    token = ""
    while True:
        heard = False
        async with logs.connected() as channel:
            call = LogsServiceStub(channel).TailLogs(wanted.tail(token), wait_for_ready=bool(token))
            try:
                async for frame in call:
                    heard, token = True, frame.resume_token
                    for record in filter(wanted.admits, frame.batch.logs):
                        show(record)
            except grpc.aio.AioRpcError as error:
                if error.code() not in _PASSING or not heard:
                    raise
        await asyncio.sleep(_PAUSE_SECONDS)
