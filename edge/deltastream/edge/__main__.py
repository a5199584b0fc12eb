"""The edge: translates REST, Socket.IO and streams over HTTP to gRPC."""

import asyncio
import sys
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from aiohttp import web

from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from deltastream.edge.api_keys import ApiKeys
from deltastream.edge.app import EdgeParts, make_app
from deltastream.edge.credentials import Credentials
from deltastream.edge.limits.accounts import Accounts
from deltastream.edge.limits.callers import Callers
from deltastream.edge.limits.calls import CallLimitInterceptor
from deltastream.edge.limits.opening import rate_limiter
from deltastream.edge.listening import listening
from deltastream.edge.passthrough.server import passing_through
from deltastream.edge.settings import EdgeSettings
from deltastream.edge.sockets.authentication import Doorkeeper
from deltastream.edge.sockets.gateway import SocketGateway
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.edge.upstream import open_upstream
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.concurrency import Concurrency
from deltastream.runtime.identity.opening import open_identity
from deltastream.runtime.lateness import watch_lateness
from deltastream.runtime.lifecycle import Shutdown, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


async def work(settings: EdgeSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    concurrency = Concurrency.of(settings)
    async with AsyncExitStack() as stack:
        identity = await stack.enter_async_context(
            open_identity(settings, auth=settings.auth_address)
        )
        await stack.enter_async_context(shipping_logs(settings, identity.service))
        upstream = await stack.enter_async_context(open_upstream(settings, identity.service))
        limiter = await stack.enter_async_context(
            rate_limiter(settings.rates, url=settings.limits_url.get_secret_value())
        )
        api_keys = ApiKeys(AuthServiceStub(upstream.auth), verifier=identity.verifier)
        credentials = Credentials(api_keys)
        accounts = Accounts(identity.verifier, api_keys)
        callers = Callers(trusted_hops=settings.trusted_hops, account_of=accounts.of)
        gateway = SocketGateway(
            enrichment=EnrichmentServiceStub(upstream.live),
            storage=StorageServiceStub(upstream.storage),
            doorkeeper=Doorkeeper(
                judge=identity.verifier, keys=api_keys, allow_anonymous=settings.allow_anonymous
            ),
            identity=identity.service,
            clock=utc_now,
            allowed_origins=settings.cors_origins,
            limits=settings.socket_limits,
            callers=callers,
            limiter=limiter,
        )
        app = make_app(
            EdgeParts(
                channels=upstream.of_callers,
                gateway=gateway,
                body_bytes=settings.body_bytes,
                concurrency=concurrency,
                credentials=credentials,
                waits=CallLimits(body_timeout=settings.body_seconds),
                callers=callers,
                limiter=limiter,
                cors_origins=settings.cors_origins,
                frame_ancestors=settings.frame_ancestors,
            )
        )
        grpc_server = passing_through(
            listen=settings.edge_grpc_listen,
            addresses=settings.addresses,
            settings=settings,
            concurrency=concurrency,
            credentials=credentials,
            interceptors=(CallLimitInterceptor(limiter, callers),),
        )
        await stack.enter_async_context(running(watch_lateness(concurrency.calls.adapt)))
        # Side by side, so that neither waits for the other's clients to leave.
        async with asyncio.TaskGroup() as group:
            listens = asyncio.Event()
            group.create_task(
                _serve_http(app, gateway, settings, concurrency, shutdown=shutdown, listens=listens)
            )
            # It says that the edge is ready: not before HTTP is.
            await listens.wait()
            group.create_task(_serve_grpc(grpc_server, shutdown))


async def _serve_http(
    app: web.Application,
    gateway: SocketGateway,
    settings: EdgeSettings,
    concurrency: Concurrency,
    *,
    shutdown: Shutdown,
    listens: asyncio.Event,
) -> None:
    async with listening(app, settings, concurrency), gateway.running():
        listens.set()
        await shutdown.wait()


async def _serve_grpc(server: AbstractAsyncContextManager[int], shutdown: Shutdown) -> None:
    async with server:
        await shutdown.wait()


def main() -> None:
    """Run the edge as a process."""
    sys.exit(run_role(EdgeSettings, work))


if __name__ == "__main__":
    main()
