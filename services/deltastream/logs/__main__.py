"""Logs: what the mesh, and other programs, have logged."""

import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from deltastream.adapters.logs.choose import open_logs
from deltastream.logs.encoding import ingested
from deltastream.logs.keeper import Keeper
from deltastream.logs.service import LogsServicer
from deltastream.logs.settings import LogsSettings
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.logs.v1.logs_service_pb2_grpc import add_LogsServiceServicer_to_server
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.log_shipping.outbox import OUTBOX
from deltastream.runtime.log_shipping.shipper import Shipper
from deltastream.runtime.server import serving

SERVICE = "deltastream.logs.v1.LogsService"


async def work(settings: LogsSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    async with AsyncExitStack() as stack:
        try:
            store = await open_logs(
                settings.log_store_url, most_bytes=settings.most_bytes, clock=utc_now
            )
        except ValueError as error:
            raise UsageError(str(error)) from error
        stack.push_async_callback(store.close)
        keeper = Keeper(store, age=settings.logs_age, clock=utc_now)
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        health = Health(
            services=(SERVICE,),
            probes={"log store": store.ping, "auth": identity.probe},
            # Nothing here is for whoever has no token.
            needs={SERVICE: ("log store", "auth")},
        )
        await stack.enter_async_context(running(health.watch(), keeper.run(), _own(keeper).run()))
        servicer = LogsServicer(store=store, keeper=keeper, clock=utc_now)
        await stack.enter_async_context(
            serving(
                listen=settings.logs_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_LogsServiceServicer_to_server(servicer, server),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()
        keeper.drain()


def _own(keeper: Keeper) -> Shipper:
    """Return what keeps the role's own events: it need not call itself for that."""

    async def keep(entries: Sequence[pb.LogEntry]) -> None:
        request = pb.IngestRequest(service=LogsSettings.role, entries=entries)
        await keeper.keep(ingested(request, now=utc_now()))

    return Shipper(OUTBOX, keep, service=LogsSettings.role)


def main() -> None:
    """Run logs as a process."""
    sys.exit(run_role(LogsSettings, work))


if __name__ == "__main__":
    main()
