"""What is measured of calls, and the interceptor that does it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc
from prometheus_client import Counter, Histogram

from deltastream.runtime.contract import has_stream, method_of
from deltastream.runtime.interceptors.base import Context, HandlerInterceptor
from deltastream.runtime.interceptors.handlers import behaviour_of, with_behaviour
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS, ByValue, Instruments

if TYPE_CHECKING:
    from deltastream.runtime.interceptors.handlers import Handler

_UNKNOWN: Final = "unknown"
_BY_NUMBER: Final[dict[int, str]] = {code.value[0]: code.name for code in grpc.StatusCode}


class MetricsInterceptor(HandlerInterceptor):
    """Counts calls and streams and says how they ended; health and reflection pass untouched.

    It belongs outside of all others, so that it sees what was refused too. A stream costs it
    nothing for each frame.

    Args:
        instruments: of the process.
        stopwatch: seconds, never going back.
    """

    def __init__(
        self,
        *,
        instruments: Instruments = PROCESS,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._instruments = instruments
        self._stopwatch = stopwatch
        self._measures: dict[str, _Measures] = {}

    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Wrap what serves the method."""
        measures = self._measures.get(method) or self._measures_of(method)
        behaviour = behaviour_of(handler)

        async def call(request: Any, context: Context) -> Any:
            with self._measured(measures, context):
                return await behaviour(request, context)

        return with_behaviour(handler, call)

    @contextmanager
    def _measured(self, measures: "_Measures", context: Context) -> Iterator[None]:
        begun = self._stopwatch()
        code = grpc.StatusCode.CANCELLED.name
        measures.begin()
        try:
            yield
            code = _code_of(context, otherwise=grpc.StatusCode.OK)
        except Exception:
            code = _code_of(context, otherwise=grpc.StatusCode.UNKNOWN)
            raise
        finally:
            measures.end(code, seconds=self._stopwatch() - begun)

    def _measures_of(self, path: str) -> "_Measures":
        """Return what measures a method; all those that the contract lacks share one."""
        try:
            method = method_of(path)
        except KeyError:
            return self._made(_UNKNOWN, service=_UNKNOWN, method=_UNKNOWN, streams=False)
        service, streams = method.containing_service.full_name, has_stream(path)
        return self._made(path, service=service, method=method.name, streams=streams)

    def _made(self, key: str, *, service: str, method: str, streams: bool) -> "_Measures":
        if key not in self._measures:
            self._measures[key] = _Measures(
                self._instruments, service=service, method=method, streams=streams
            )
        return self._measures[key]


class _Measures:
    """The instruments of one method, bound to its labels."""

    def __init__(
        self, instruments: Instruments, *, service: str, method: str, streams: bool
    ) -> None:
        labels = {"rpc_service": service, "rpc_method": method}
        self._ended = ByValue(
            lambda code: instruments.counter(names.RPC_CALLS, **labels, code=code)
        )
        kind = "stream" if streams else "unary"
        self._under_way = [instruments.gauge(names.RPC_IN_PROGRESS, kind=kind)]
        self._duration: Histogram | None = None
        self._streams_ended: ByValue[Counter] | None = None
        if streams:
            self._under_way.append(instruments.gauge(names.STREAMS_ACTIVE, rpc_method=method))
            self._streams_ended = ByValue(
                lambda code: instruments.counter(names.STREAMS_ENDED, rpc_method=method, code=code)
            )
        else:
            self._duration = instruments.histogram(names.RPC_DURATION, **labels)

    def begin(self) -> None:
        """Count a call in."""
        for gauge in self._under_way:
            gauge.inc()

    def end(self, code: str, *, seconds: float) -> None:
        """Count a call out, by how it ended and how long it took."""
        for gauge in self._under_way:
            gauge.dec()
        self._ended[code].inc()
        if self._duration is not None:
            self._duration.observe(seconds)
        if self._streams_ended is not None:
            self._streams_ended[code].inc()


def _code_of(context: Context, *, otherwise: grpc.StatusCode) -> str:
    """Return the status that a call was ended with; gRPC has a number, or nothing, for some."""
    code: Any = context.code()
    if isinstance(code, grpc.StatusCode):
        return code.name
    return _BY_NUMBER.get(code or otherwise.value[0], grpc.StatusCode.UNKNOWN.name)
