"""Turns what a servicer raises into a google.rpc.Status, in the one place that does so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NoReturn

import grpc
import structlog
from google.protobuf.message import Message

from deltastream.domain.errors import DomainError
from deltastream.runtime.errors import STATUS_DETAILS_KEY, Failure, failure_of, internal_failure
from deltastream.runtime.interceptors.base import CallInterceptor, Context

_log = structlog.get_logger()
# abort() waits for the transport, and a stalled client's transport may never be ready.
_ABORT_SECONDS: Final = 5.0


class FailureInterceptor(CallInterceptor):
    """Domain errors fail as their table entry says; anything else is INTERNAL and logged."""

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Let a call fail with details."""
        del request
        try:
            yield
        except DomainError as error:
            await _abort(context, failure_of(error))
        except grpc.aio.AbortError:
            raise
        except Exception:  # noqa: BLE001 - the last line of defence; it logs the cause
            _log.exception("rpc_failed_unexpectedly", method=method)
            await _abort(context, internal_failure())


async def _abort(context: Context, failure: Failure) -> NoReturn:
    async with asyncio.timeout(_ABORT_SECONDS):
        await context.abort(
            failure.code,
            failure.message,
            trailing_metadata=((STATUS_DETAILS_KEY, failure.details),),
        )
