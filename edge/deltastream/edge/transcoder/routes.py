"""Puts every public method of the contract on an aiohttp application.

No route is written by hand: `google.api.http` options are read from the descriptors.
"""

from collections.abc import Mapping, Sequence

import grpc
from aiohttp import web
from aiohttp.typedefs import Handler
from google.protobuf.descriptor import ServiceDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.edge.admission import Admission
from deltastream.edge.answers import Answers
from deltastream.edge.contract import SERVICES, is_secret, path_of
from deltastream.edge.credentials import Credentials
from deltastream.edge.overload import bounded
from deltastream.edge.reading.request_reader import router_path_of
from deltastream.edge.representations import represented
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.edge.transcoder.farewell import Farewell
from deltastream.edge.transcoder.http_rule import Binding, HttpRuleError, bindings_of
from deltastream.edge.transcoder.request_ids import add_request_id
from deltastream.edge.transcoder.streaming import StreamHandler
from deltastream.edge.transcoder.unary import UnaryHandler
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.contract import required_role

_LIMITS = CallLimits()
_TOKENS_ONLY = Credentials()


def add_routes(
    app: web.Application,
    *,
    channels: Mapping[str, grpc.aio.Channel],
    services: Sequence[ServiceDescriptor] = SERVICES,
    limits: CallLimits = _LIMITS,
    concurrency: Concurrency | None = None,
    credentials: Credentials = _TOKENS_ONLY,
) -> None:
    """Register one route a binding, and the request id on every response.

    The application needs `error_middleware`, and a runner with `handler_cancellation=True`, or
    clients that go away leave their calls running.

    Args:
        app: what to put the routes on.
        channels: by full name of a service, such as "deltastream.storage.v1.StorageService".
        services: what to offer.
        limits: how long to wait.
        concurrency: how many requests and streams are taken on at once; None for any number.
        credentials: of callers; by default API keys are not heeded.

    Raises:
        HttpRuleError: two bindings are for one request, or one cannot be served.
        KeyError: a service has no channel.
    """
    taken: dict[tuple[str, str], Binding] = {}
    farewell, answers = Farewell(), Answers()
    for service in services:
        for binding in bindings_of(service):
            _claim(binding, taken)
            app.router.add_route(
                binding.http_method,
                router_path_of(binding.template),
                _handler_of(
                    binding,
                    channels[service.full_name],
                    limits,
                    farewell,
                    concurrency=concurrency,
                    credentials=credentials,
                    answers=answers,
                ),
            )
    app.on_response_prepare.append(add_request_id)
    app.on_shutdown.append(farewell.begin)


def _claim(binding: Binding, taken: dict[tuple[str, str], Binding]) -> None:
    request = (binding.http_method, router_path_of(binding.template))
    if request in taken:
        rivals = f"{taken[request].method.full_name} and {binding.method.full_name}"
        raise HttpRuleError(f"{rivals} both want {binding.http_method} {binding.template}")
    taken[request] = binding


def _handler_of(
    binding: Binding,
    channel: grpc.aio.Channel,
    limits: CallLimits,
    farewell: Farewell,
    *,
    concurrency: Concurrency | None,
    credentials: Credentials,
    answers: Answers,
) -> Handler:
    method = binding.method
    if method.client_streaming:
        raise HttpRuleError(f"{method.full_name}: HTTP has no stream of requests")
    handler = (
        StreamHandler(binding, channel, limits, farewell, credentials).handle
        if method.server_streaming
        else represented(
            UnaryHandler(binding, channel, limits, credentials, answers).answer,
            secret=is_secret(method),
            for_anybody=required_role(path_of(method)) == access_pb2.ROLE_PUBLIC,
        )
    )
    if concurrency is None:
        return handler
    admission = Admission(concurrency, channel, streaming=method.server_streaming)
    return bounded(handler, admission, method)
