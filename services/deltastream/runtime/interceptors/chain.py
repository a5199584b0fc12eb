"""The interceptors of every server, in one list."""

from collections.abc import Sequence

import grpc

from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.interceptors.access import AccessInterceptor, AccessPolicy
from deltastream.runtime.interceptors.call_log import CallLogInterceptor
from deltastream.runtime.interceptors.deadlines import DeadlineInterceptor
from deltastream.runtime.interceptors.failures import FailureInterceptor
from deltastream.runtime.interceptors.overload import OverloadInterceptor
from deltastream.runtime.interceptors.validation import ValidationInterceptor
from deltastream.runtime.interceptors.writing import WritingInterceptor
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.rpc import MetricsInterceptor
from deltastream.runtime.telemetry.traced_calls import TracingInterceptor

MAXIMUM_UNARY_SECONDS = 30.0


def server_interceptors(
    policy: AccessPolicy, concurrency: Concurrency
) -> Sequence[grpc.aio.ServerInterceptor]:
    """Return them from the outermost to the innermost.

    Every call is counted. What is too much is refused before anything else is done for it, the log
    included. Failures stand outside of all else that may refuse a call, so that every refusal gets
    its details; the log stands outside of failures, so that it sees the status that was sent, and
    within the span of the call, if there are any, so that its lines name it.
    """
    return (
        MetricsInterceptor(),
        OverloadInterceptor(concurrency),
        *((TracingInterceptor(),) if spans.are_recorded() else ()),
        CallLogInterceptor(),
        FailureInterceptor(),
        AccessInterceptor(policy),
        DeadlineInterceptor(maximum=MAXIMUM_UNARY_SECONDS),
        ValidationInterceptor(),
        WritingInterceptor(),
    )
