"""A gRPC server: built one way for every role."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import grpc
from grpc_reflection.v1alpha import reflection

from deltastream.log_library import structlog
from deltastream.runtime.background import running
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.health import Health
from deltastream.runtime.health_listener import answering_probes
from deltastream.runtime.interceptors.access import AccessPolicy, allow_everyone
from deltastream.runtime.interceptors.chain import server_interceptors
from deltastream.runtime.listening import listen_on
from deltastream.runtime.readiness import notify_ready
from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.telemetry.admin import administering

_log = structlog.get_logger()

_OPTIONS: Final = (
    ("grpc.server_handshake_timeout_ms", 3000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    # A frozen peer is noticed in about 4.5 s; without the ping timeout it takes a minute.
    ("grpc.keepalive_time_ms", 3000),
    ("grpc.keepalive_timeout_ms", 1500),
    ("grpc.http2.ping_timeout_ms", 1500),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 2000),
)
# For health, reflection and what is about to be refused.
_SPARE_STREAMS: Final = 100
# How long clients may take to turn to another server; those who do not watch our health never do.
_TURNING_AWAY_SECONDS: Final = 1.0


@asynccontextmanager
async def serving(
    *,
    listen: str,
    services: Sequence[str],
    add_servicers: Callable[[grpc.aio.Server], None],
    health: Health,
    settings: RoleSettings,
    policy: AccessPolicy = allow_everyone,
    concurrency: Concurrency | None = None,
    interceptors: Sequence[grpc.aio.ServerInterceptor] | None = None,
) -> AsyncIterator[int]:
    """Serve until the block is left; then finish the calls under way. Yields the port.

    Args:
        listen: HOST:PORT; port 0 takes a free one.
        services: full names of the services offered, for reflection.
        add_servicers: registers them.
        health: what health checks are answered from.
        settings: of the role; they say whether in TLS.
        policy: decides who may call, beyond what the contract refuses anyway.
        concurrency: how much is taken on at once; by default what the settings allow.
        interceptors: around every call; by default those of a role that serves its own messages.

    Raises:
        ListenError: the address is in use or not ours.
    """
    concurrency = concurrency or Concurrency.of(settings)
    if interceptors is None:
        interceptors = server_interceptors(policy, concurrency)
    server = grpc.aio.server(interceptors=interceptors, options=_options(settings))
    add_servicers(server)
    health.add_to(server)
    if settings.reflection:
        names = (*services, "grpc.health.v1.Health", reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    tls = settings.listening_tls
    port = listen_on(server, listen, tls=tls)
    # To the very end: who is draining says so.
    async with answering_probes(settings.health_listen, health), administering(settings, health):
        await server.start()
        _log.info(
            "grpc_listening",
            address=listen,
            port=port,
            tls=tls is not None,
            services=list(services),
        )
        try:
            async with running(_tell_when_ready(health)):
                yield port
        finally:
            await health.drain()
            await concurrency.until_quiet(at_most=_TURNING_AWAY_SECONDS)
            await server.stop(settings.drain_seconds)
            _log.info("grpc_stopped", address=listen)


def _options(settings: RoleSettings) -> tuple[tuple[str, int], ...]:
    return (
        *_OPTIONS,
        # A second process on the same port must fail, unless it is to take over from the first.
        ("grpc.so_reuseport", int(settings.share_port)),
        # Of one connection. Less than the server takes on would make a call wait on its client's
        # side without a word, and the edge brings all of its clients on one connection: the limit
        # that is met first must be the one that answers.
        (
            "grpc.max_concurrent_streams",
            settings.max_concurrent_calls + settings.max_concurrent_streams + _SPARE_STREAMS,
        ),
    )


async def _tell_when_ready(health: Health) -> None:
    await health.checked()
    notify_ready()
