"""Storage: the only role with a market database."""

import asyncio
import random
import sys
import time
from contextlib import AsyncExitStack

from deltastream.adapters.cache.choose import open_cache
from deltastream.adapters.store.choose import open_store
from deltastream.ports.store import MarketStore
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.server import serving
from deltastream.storage.latest import LatestValues
from deltastream.storage.retention import Retention
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
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        await stack.enter_async_context(shipping_logs(settings, identity.service))
        health = Health(
            services=(SERVICE,),
            probes={"store": store.ping, "auth": identity.probe},
            needs={SERVICE: identity.needed("store")},
        )
        latest = LatestValues(cache)
        servicer = StorageServicer(store=store, latest=latest)
        await stack.enter_async_context(
            running(health.watch(), latest.run(), _retention(store, settings).run())
        )
        await stack.enter_async_context(
            serving(
                listen=settings.storage_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_StorageServiceServicer_to_server(servicer, server),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()


def _retention(store: MarketStore, settings: StorageSettings) -> Retention:
    return Retention(
        store,
        ages=settings.ages,
        closes=settings.retain_closes,
        clock=utc_now,
        sleep=asyncio.sleep,
        random=random.random,
        seconds=time.monotonic,
    )


def main() -> None:
    """Run storage as a process."""
    sys.exit(run_role(StorageSettings, work))


if __name__ == "__main__":
    main()
