"""Five recording services, each on a server of its own, and the public address before them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import grpc
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.passthrough.recording import Recorder, Script, echo, plain_channel

from deltastream.edge.contract import SERVICES, path_of, role_of
from deltastream.edge.credentials import Credentials
from deltastream.edge.passthrough.methods import is_public
from deltastream.edge.passthrough.server import passing_through
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.health import Health
from deltastream.runtime.server import serving

TOKENS_ONLY: Final = Credentials()

METHODS = tuple(method for service in SERVICES for method in service.methods)
PUBLIC = tuple(method for method in METHODS if is_public(method))
GET_FEED_STATUS = "/deltastream.feed.v1.FeedService/GetFeedStatus"
STREAM_CHAINS = "/deltastream.enrichment.v1.EnrichmentService/StreamChains"


@dataclass(frozen=True, kw_only=True)
class PublicMesh:
    """What a test speaks to.

    Attributes:
        public: leads to the public address.
        direct: leads to each service itself, by role.
        services: by role.
        port: of the public address.
        addresses: of each service, by role.
        concurrency: of the edge.
        upstream_health: of each role.
    """

    public: grpc.aio.Channel
    direct: Mapping[str, grpc.aio.Channel]
    services: Mapping[str, Recorder]
    port: int
    addresses: Mapping[str, str]
    concurrency: Concurrency
    upstream_health: Mapping[str, Health]

    def owner(self, method: MethodDescriptor) -> Recorder:
        return self.services[role_of(method.containing_service)]

    def script(self, script: Script) -> None:
        for service in self.services.values():
            service.script = script

    async def health_of(self, service: str) -> str:
        request = health_pb2.HealthCheckRequest(service=service)
        reply = await health_pb2_grpc.HealthStub(self.public).Check(request, timeout=5)
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status))


@asynccontextmanager
async def public_mesh(
    settings: LoopbackSettings | None = None, addresses: Mapping[str, str] | None = None
) -> AsyncIterator[PublicMesh]:
    """Run five services and the public address.

    Args:
        settings: of the edge.
        addresses: instead of those of the recording services, by role.
    """
    settings = settings or LoopbackSettings(drain_seconds=0.2)
    async with AsyncExitStack() as stack:
        services, healths, found = {}, {}, {}
        for service in SERVICES:
            role = role_of(service)
            streaming = frozenset(
                path_of(each) for each in service.methods if each.server_streaming
            )
            services[role] = Recorder(service.full_name, streaming, echo)
            healths[role] = Health(services=(service.full_name,), probes={})
            port = await stack.enter_async_context(recording(services[role], healths[role]))
            found[role] = f"127.0.0.1:{port}"
        concurrency = Concurrency.of(settings)
        port = await stack.enter_async_context(
            passing_through(
                listen="127.0.0.1:0",
                addresses=found | dict(addresses or {}),
                settings=settings,
                concurrency=concurrency,
            )
        )
        mesh = PublicMesh(
            public=await stack.enter_async_context(plain_channel(f"127.0.0.1:{port}")),
            direct={
                role: await stack.enter_async_context(plain_channel(address))
                for role, address in found.items()
            },
            services=services,
            port=port,
            addresses=found,
            concurrency=concurrency,
            upstream_health=healths,
        )
        if addresses is None:
            for service in SERVICES:
                await eventually(partial(mesh.health_of, service.full_name), "SERVING".__eq__)
        yield mesh


def another_edge(
    mesh: PublicMesh, credentials: Credentials = TOKENS_ONLY
) -> AbstractAsyncContextManager[int]:
    """Return a second public address of the same services, to be entered. Yields its port."""
    settings = LoopbackSettings(drain_seconds=5)
    return passing_through(
        listen="127.0.0.1:0",
        addresses=mesh.addresses,
        settings=settings,
        concurrency=Concurrency.of(settings),
        credentials=credentials,
    )


@asynccontextmanager
async def recording(service: Recorder, health: Health, port: int = 0) -> AsyncIterator[int]:
    """Serve a recording service. Yields the port."""
    async with serving(
        listen=f"127.0.0.1:{port}",
        services=(service.service_name,),
        add_servicers=lambda server: server.add_generic_rpc_handlers((service,)),
        health=health,
        settings=LoopbackSettings(drain_seconds=0.2),
        interceptors=(),
    ) as taken:
        await health.announce()
        yield taken
