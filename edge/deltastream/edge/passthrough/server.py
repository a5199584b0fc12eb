"""The one public gRPC address."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import grpc
from google.protobuf.descriptor import MethodDescriptor

from deltastream.edge.contract import SERVICES, role_of
from deltastream.edge.credentials import Credentials
from deltastream.edge.passthrough.drain import Drain
from deltastream.edge.passthrough.handlers import PassThrough
from deltastream.edge.passthrough.methods import is_public, methods_by_path
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.server import serving
from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.telemetry.rpc import MetricsInterceptor
from deltastream.runtime.tls.mounted import MountedTls

_TOKENS_ONLY: Final = Credentials()
_SERVICE_NAMES: Final = tuple(service.full_name for service in SERVICES)


@asynccontextmanager
async def passing_through(
    *,
    listen: str,
    addresses: Mapping[str, str],
    settings: RoleSettings,
    concurrency: Concurrency,
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
    credentials: Credentials = _TOKENS_ONLY,
) -> AsyncIterator[int]:
    """Serve every public method of the mesh until the block is left. Yields the port.

    Args:
        listen: HOST:PORT; port 0 takes a free one.
        addresses: where each role answers, by its name.
        settings: of the edge.
        concurrency: how much the edge takes on at once.
        interceptors: around every call.
        credentials: of callers; by default API keys are not heeded.

    Raises:
        ListenError: the address is in use or not ours.
    """
    methods = methods_by_path(SERVICES)
    drain = Drain()
    async with AsyncExitStack() as stack:
        tls = settings.mesh_tls
        answering = await _channels(stack, addresses, methods, tls=tls, streaming=False)
        streaming = await _channels(stack, addresses, methods, tls=tls, streaming=True)

        def channel_of(method: MethodDescriptor) -> grpc.aio.Channel:
            channels = streaming if method.server_streaming else answering
            return channels[role_of(method.containing_service)]

        handlers = PassThrough(
            methods, channel_of, concurrency=concurrency, drain=drain, credentials=credentials
        )
        health = _health(streaming | answering)
        await stack.enter_async_context(running(health.watch()))
        port = await stack.enter_async_context(
            serving(
                listen=listen,
                services=_SERVICE_NAMES,
                add_servicers=lambda server: server.add_generic_rpc_handlers((handlers,)),
                health=health,
                settings=settings,
                concurrency=concurrency,
                interceptors=(MetricsInterceptor(), *interceptors),
            )
        )
        try:
            yield port
        finally:
            await health.drain()
            drain.begin()


async def _channels(
    stack: AsyncExitStack,
    addresses: Mapping[str, str],
    methods: Mapping[str, MethodDescriptor],
    *,
    tls: MountedTls | None,
    streaming: bool,
) -> dict[str, grpc.aio.Channel]:
    """Open a channel to each role that has public methods of the kind, by the role's name.

    Streams have their own, tuned for what is live: one large answer would delay every stream.
    """
    roles = {
        role_of(method.containing_service)
        for method in methods.values()
        if is_public(method) and method.server_streaming == streaming
    }
    return {
        role: await stack.enter_async_context(
            open_channel(
                addresses[role], service=role, subscriber=streaming, patient=False, tls=tls
            )
        )
        for role in sorted(roles)
    }


def _health(channels: Mapping[str, grpc.aio.Channel]) -> Health:
    """Say of each service what its role says."""
    names = {role_of(service): service.full_name for service in SERVICES}
    return Health(
        services=_SERVICE_NAMES,
        probes={role: role_probe(channel, names[role]) for role, channel in channels.items()},
        needs={names[role]: (role,) for role in channels},
    )
