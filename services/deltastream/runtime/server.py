"""A gRPC server: built one way for every role."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import grpc
import structlog
from grpc_reflection.v1alpha import reflection

from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.access import AccessPolicy, allow_everyone
from deltastream.runtime.interceptors.chain import server_interceptors

_log = structlog.get_logger()

_OPTIONS: Final = (
    # A second process on the same port must fail, not share it.
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 100),
    ("grpc.server_handshake_timeout_ms", 3000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    # A frozen peer is noticed in about 4.5 s; without the ping timeout it takes a minute.
    ("grpc.keepalive_time_ms", 3000),
    ("grpc.keepalive_timeout_ms", 1500),
    ("grpc.http2.ping_timeout_ms", 1500),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 2000),
)


class ListenError(Exception):
    """The address cannot be listened on."""


@asynccontextmanager
async def serving(
    *,
    listen: str,
    services: Sequence[str],
    add_servicers: Callable[[grpc.aio.Server], None],
    health: Health,
    reflect: bool,
    drain_seconds: float,
    policy: AccessPolicy = allow_everyone,
) -> AsyncIterator[int]:
    """Serve until the block is left; then finish the calls under way. Yields the port.

    Args:
        listen: HOST:PORT; port 0 takes a free one.
        services: full names of the services offered, for reflection.
        add_servicers: registers them.
        health: what health checks are answered from.
        reflect: offer server reflection.
        drain_seconds: the longest wait for calls under way.
        policy: decides who may call, beyond what the contract refuses anyway.

    Raises:
        ListenError: the address is in use or not ours.
    """
    server = grpc.aio.server(interceptors=server_interceptors(policy), options=_OPTIONS)
    add_servicers(server)
    health.add_to(server)
    if reflect:
        names = (*services, "grpc.health.v1.Health", reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    try:
        port = server.add_insecure_port(listen)
    except RuntimeError as error:
        raise ListenError(f"cannot listen on {listen}: is another program using it?") from error
    await server.start()
    _log.info("grpc_listening", address=listen, port=port, services=list(services))
    try:
        yield port
    finally:
        await health.drain()
        await server.stop(drain_seconds)
        _log.info("grpc_stopped", address=listen)
