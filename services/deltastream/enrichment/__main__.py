"""Enrichment: turns raw events into enriched ones."""

import sys
from contextlib import AsyncExitStack
from typing import Final

from deltastream.adapters.bus.choose import open_bus
from deltastream.enrichment.compose import Enrichment
from deltastream.enrichment.settings import EnrichmentSettings
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.server import serving
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

SERVICE = "deltastream.enrichment.v1.EnrichmentService"
STORAGE = "deltastream.storage.v1.StorageService"
# Enough for what is in hand; if storage is away, the others need not wait for it with us.
_HAND_OVER_SECONDS: Final = 2.0


async def work(settings: EnrichmentSettings, shutdown: Shutdown) -> None:
    """Enrich until asked to stop."""
    async with AsyncExitStack() as stack:
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        await stack.enter_async_context(shipping_logs(settings, identity.service))
        channel = await stack.enter_async_context(
            open_channel(
                settings.storage_address,
                service="storage",
                identity=identity.service,
                tls=settings.mesh_tls,
            )
        )
        enrichment = Enrichment.of(settings, bus=bus, storage=StorageServiceStub(channel))
        storage = role_probe(channel, STORAGE)
        health = Health(
            services=(SERVICE,),
            probes={"bus": bus.epoch, "storage": storage, "auth": identity.probe},
            needs={SERVICE: identity.needed("bus", "storage")},
        )
        await stack.enter_async_context(
            running(
                *enrichment.work(keep=settings.bus_keep, keep_letters=settings.dead_letters_kept),
                health.watch(),
            )
        )
        servicer = enrichment.servicer()
        await stack.enter_async_context(
            serving(
                listen=settings.enrichment_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_EnrichmentServiceServicer_to_server(
                    servicer, server
                ),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()
        await enrichment.drain(seconds=min(settings.drain_seconds, _HAND_OVER_SECONDS))


def main() -> None:
    """Run enrichment as a process."""
    sys.exit(run_role(EnrichmentSettings, work))


if __name__ == "__main__":
    main()
