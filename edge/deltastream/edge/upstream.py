"""The channels to the services behind the edge."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import grpc

from deltastream.edge.contract import SERVICES, role_of
from deltastream.edge.settings import EdgeSettings
from deltastream.runtime.channels import open_channel
from deltastream.runtime.identity.service_token import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Channels that are open.

    Attributes:
        of_callers: by the full name of the service; they carry whatever the callers say.
        live: to enrichment, for the subscriptions that sockets share.
        storage: in the edge's own name.
        auth: for what callers ask of it by the edge.
    """

    of_callers: Mapping[str, grpc.aio.Channel]
    live: grpc.aio.Channel
    storage: grpc.aio.Channel
    auth: grpc.aio.Channel


@asynccontextmanager
async def open_upstream(settings: EdgeSettings, identity: Identity) -> AsyncIterator[Upstream]:
    """Open the channels while the block runs.

    Args:
        settings: say where the services are.
        identity: of the edge.
    """
    to = partial(open_channel, tls=settings.mesh_tls)
    async with AsyncExitStack() as stack:
        of_callers: dict[str, grpc.aio.Channel] = {
            service.full_name: await stack.enter_async_context(
                # Who answers requests waits by itself, for less.
                to(settings.addresses[role_of(service)], service=role_of(service), patient=False)
            )
            for service in SERVICES
        }
        live = to(settings.enrichment_address, service="enrichment", subscriber=True)
        storage = to(settings.storage_address, service="storage", identity=identity)
        auth = to(settings.auth_address, service="auth")
        yield Upstream(
            of_callers=of_callers,
            live=await stack.enter_async_context(live),
            storage=await stack.enter_async_context(storage),
            auth=await stack.enter_async_context(auth),
        )
