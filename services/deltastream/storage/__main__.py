"""Storage: the only role with a market database."""

import sys
from contextlib import AsyncExitStack

from deltastream.adapters.cache.choose import open_cache
from deltastream.adapters.store.choose import open_store
from deltastream.runtime.background import running
from deltastream.runtime.health import Health
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.server import serving
from deltastream.storage.latest import LatestValues
from deltastream.storage.service import StorageServicer
from deltastream.storage.settings import StorageSettings
from deltastream.storage.v1.storage_service_pb2_grpc import add_StorageServiceServicer_to_server

SERVICE = "deltastream.storage.v1.StorageService"


async def work(settings: StorageSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    async with AsyncExitStack() as stack:
        try:
            store = await open_store(settings.market_store_url)
            cache = open_cache(settings.cache_url)
        except ValueError as error:
            raise UsageError(str(error)) from error
        stack.push_async_callback(store.close)
        stack.push_async_callback(cache.close)
        health = Health(services=(SERVICE,), probes={"store": store.ping})
        servicer = StorageServicer(store=store, latest=LatestValues(cache))
        await stack.enter_async_context(running(health.watch()))
        await stack.enter_async_context(
            serving(
                listen=settings.storage_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_StorageServiceServicer_to_server(servicer, server),
                health=health,
                reflect=settings.reflection,
                drain_seconds=settings.drain_seconds,
            )
        )
        await shutdown.wait()


def main() -> None:
    """Run storage as a process."""
    sys.exit(run_role(StorageSettings, work))


if __name__ == "__main__":
    main()
