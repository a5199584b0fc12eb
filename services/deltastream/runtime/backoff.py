"""How long to wait for what is away, in one place: ever longer, up to a second, never in step."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import grpc
import stamina

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.log_library import structlog
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

ResultT = TypeVar("ResultT")
_log = structlog.get_logger()
_FIRST_SECONDS: Final = 0.05
# Whoever waited must notice within a second that what was away is back.
_MOST_SECONDS: Final = 1.0
# Those whom one failure hit together must not come back together.
_JITTER_SECONDS: Final = 0.1

# What is logged of a retry is said here, with its context.
stamina.instrumentation.set_on_retry_hooks([])


async def patiently(
    call: Callable[[], Awaitable[ResultT]], *, event: str, **context: object
) -> ResultT:
    """Call until nothing is away that it needs, and return its result.

    Away is what raises DependencyUnavailableError, or grpc.aio.AioRpcError, whatever its code: a
    call whose failure may be its own fault must look for that itself. Everything else passes.

    Args:
        call: what to do; repeating it must be safe.
        event: logged as a warning at each failure.
        context: what to log with it.
    """

    def note(error: Exception) -> bool:
        away = isinstance(error, DependencyUnavailableError | grpc.aio.AioRpcError)
        if away:
            _log.warning(event, error=_brief(error), **context)
            PROCESS.counter(names.RETRIES, operation=event).inc()
        return away

    try:
        return await call()
    except Exception as error:  # noqa: BLE001 - raised again below, where it is judged
        # The common case is over by now, and has cost nothing more than the call.
        failed: Exception | None = error
    async for attempt in stamina.retry_context(
        on=note,
        attempts=None,
        timeout=None,
        wait_initial=_FIRST_SECONDS,
        wait_max=_MOST_SECONDS,
        wait_jitter=_JITTER_SECONDS,
    ):
        with attempt:
            if failed is not None:
                first, failed = failed, None
                raise first
            return await call()
    raise AssertionError("a retry without end has ended")


def _brief(error: Exception) -> str:
    return error.code().name if isinstance(error, grpc.aio.AioRpcError) else str(error)
