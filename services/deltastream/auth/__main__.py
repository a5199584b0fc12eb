"""Auth: users, passwords, and the only private key."""

import sys
from contextlib import AsyncExitStack

from deltastream.adapters.users.choose import open_users
from deltastream.auth.access import access_policy
from deltastream.auth.compose import compose
from deltastream.auth.keys import SigningKeyError
from deltastream.auth.own_token import own_token
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.service import AuthServicer
from deltastream.auth.settings import AuthSettings
from deltastream.auth.upkeep import forget_what_ended
from deltastream.auth.v1.auth_service_pb2_grpc import add_AuthServiceServicer_to_server
from deltastream.log_library import structlog
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.log_shipping.shipping import shipping_logs
from deltastream.runtime.server import serving

_log = structlog.get_logger()

SERVICE = "deltastream.auth.v1.AuthService"


async def work(settings: AuthSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    async with AsyncExitStack() as stack:
        try:
            ring = settings.key_files.load_or_create()
            database = await open_users(settings.user_store_url)
        except (ValueError, SigningKeyError) as error:
            raise UsageError(str(error)) from error
        stack.push_async_callback(database.close)
        hasher = stack.enter_context(PasswordHasher(cost=settings.bcrypt_cost))
        auth = compose(database, ring=ring, hasher=hasher, settings=settings, clock=utc_now)
        health = Health(services=(SERVICE,), probes={"users": database.ping})
        servicer = AuthServicer(auth)
        if not settings.service_secret.get_secret_value():
            _log.warning("no_service_secret", effect="no service of the mesh is believed")
        own = own_token(auth.service_tokens, service=settings.role, secret=settings.service_secret)
        await stack.enter_async_context(shipping_logs(settings, own))
        await stack.enter_async_context(
            running(
                health.watch(),
                own.follow(),
                auth.keys.follow(settings.key_files),
                forget_what_ended(database, kept=auth.revocations.kept, clock=utc_now),
            )
        )
        await stack.enter_async_context(
            serving(
                listen=settings.auth_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_AuthServiceServicer_to_server(servicer, server),
                health=health,
                settings=settings,
                policy=access_policy(auth.callers),
            )
        )
        await shutdown.wait()


def main() -> None:
    """Run auth as a process."""
    sys.exit(run_role(AuthSettings, work))


if __name__ == "__main__":
    main()
