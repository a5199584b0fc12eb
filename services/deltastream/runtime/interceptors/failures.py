"""Turns what a servicer raises into a google.rpc.Status, in the one place that does so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from google.protobuf.message import Message

from deltastream.domain.errors import DomainError
from deltastream.log_library import structlog
from deltastream.runtime.errors import failure_of, internal_failure
from deltastream.runtime.interceptors.aborting import abort
from deltastream.runtime.interceptors.base import CallInterceptor, Context

_log = structlog.get_logger()


class FailureInterceptor(CallInterceptor):
    """Domain errors fail as their table entry says; anything else is INTERNAL and logged."""

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Let a call fail with details."""
        del request
        try:
            yield
        except DomainError as error:
            await abort(context, failure_of(error))
        except grpc.aio.AbortError:
            raise
        except Exception:  # noqa: BLE001 - the last line of defence; it logs the cause
            _log.exception("rpc_failed_unexpectedly", method=method)
            await abort(context, internal_failure())
