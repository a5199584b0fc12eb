"""One log event per call."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from google.protobuf.message import Message

from deltastream.log_library import structlog
from deltastream.runtime.contract import is_streaming
from deltastream.runtime.interceptors.base import CallInterceptor, Context

_log = structlog.get_logger()


class CallLogInterceptor(CallInterceptor):
    """Logs how each call ended and how long it took.

    Unary successes are debug events: a busy mesh makes hundreds a second.
    """

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Log the call when it ends."""
        del request
        log = _log.bind(method=method, peer=context.peer())
        begun = time.perf_counter()
        streaming = is_streaming(method)
        if streaming:
            log.info("stream_opened")
        try:
            yield
        except grpc.aio.AbortError:
            log.info("rpc_refused", code=_code_name(context), **_took(begun))
            raise
        except BaseException as error:
            # A cancelled call is the caller's choice, not a fault.
            log.debug("rpc_cancelled", error=type(error).__name__, **_took(begun))
            raise
        if streaming:
            log.info("stream_closed", **_took(begun))
        else:
            log.debug("rpc_served", **_took(begun))


def _took(begun: float) -> dict[str, float]:
    return {"seconds": round(time.perf_counter() - begun, 6)}


def _code_name(context: Context) -> str:
    code: object = context.code()
    return code.name if isinstance(code, grpc.StatusCode) else str(code)
