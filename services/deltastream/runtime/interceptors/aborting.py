"""Ends a call with a failure, whether or not its caller still listens."""

import asyncio
from typing import Final, NoReturn

import grpc

from deltastream.log_library import structlog
from deltastream.runtime.errors import STATUS_DETAILS_KEY, Failure
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.telemetry.refusals import count_refusal

_log = structlog.get_logger()
# abort() waits for the transport, and a stalled client's transport may never be ready.
_ABORT_SECONDS: Final = 5.0


async def abort(context: Context, failure: Failure) -> NoReturn:
    """End a call with one of our own failures; raises what `end` raises."""
    details = ((STATUS_DETAILS_KEY, failure.details),)
    await end(context, code=failure.code, message=failure.message, trailing=details)


async def end(
    context: Context,
    *,
    code: grpc.StatusCode,
    message: str,
    trailing: tuple[tuple[str, str | bytes], ...],
    seconds: float = _ABORT_SECONDS,
) -> NoReturn:
    """End a call with a status.

    Raises:
        AbortError: it was sent; gRPC expects its own exception back.
        CancelledError: the caller has left, or did not read it within `seconds`, so that nobody
            will hear how the call ended.
    """
    count_refusal(trailing)
    try:
        async with asyncio.timeout(seconds):
            await context.abort(code, message, trailing_metadata=trailing)
    except TimeoutError:
        _log.info("ending_not_heard", code=code.name, peer=context.peer())
        raise asyncio.CancelledError from None
    except grpc.aio.InternalError as error:
        raise asyncio.CancelledError from error
