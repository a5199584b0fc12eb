"""Analytics: questions over history."""

import sys
from contextlib import AsyncExitStack

from deltastream.adapters.calendar.load import load_calendars
from deltastream.analytics.compose import open_servicer
from deltastream.analytics.history import StorageHistory
from deltastream.analytics.settings import AnalyticsSettings
from deltastream.analytics.v1.analytics_service_pb2_grpc import (
    add_AnalyticsServiceServicer_to_server,
)
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health, role_probe
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.server import serving
from deltastream.runtime.telemetry.calendar_validity import show_calendars
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

SERVICE = "deltastream.analytics.v1.AnalyticsService"
STORAGE = "deltastream.storage.v1.StorageService"


async def work(settings: AnalyticsSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    calendars = _calendars(settings)
    show_calendars(calendars)
    async with AsyncExitStack() as stack:
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
        history = StorageHistory(StorageServiceStub(channel))
        servicer = stack.enter_context(
            open_servicer(
                history,
                calendars=calendars,
                clock=utc_now,
                ttl=settings.analytics_ttl,
            )
        )
        health = Health(
            services=(SERVICE,),
            probes={"storage": role_probe(channel, STORAGE), "auth": identity.probe},
            needs={SERVICE: identity.needed("storage")},
        )
        await stack.enter_async_context(running(health.watch()))
        await stack.enter_async_context(
            serving(
                listen=settings.analytics_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_AnalyticsServiceServicer_to_server(
                    servicer, server
                ),
                health=health,
                settings=settings,
                policy=identity.policy,
            )
        )
        await shutdown.wait()


def _calendars(settings: AnalyticsSettings) -> Calendars:
    try:
        return load_calendars(settings.calendar_overrides)
    except InvalidValueError as error:
        raise UsageError(str(error)) from error


def main() -> None:
    """Run analytics as a process."""
    sys.exit(run_role(AnalyticsSettings, work))


if __name__ == "__main__":
    main()
