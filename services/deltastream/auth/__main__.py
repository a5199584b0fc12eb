"""Auth: users, passwords, and the only private key."""

import sys
from contextlib import AsyncExitStack

from deltastream.adapters.users.choose import open_users
from deltastream.auth.accounts import Accounts
from deltastream.auth.keys import SigningKeyError, load_or_create_key
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.service import AuthServicer
from deltastream.auth.settings import AuthSettings
from deltastream.auth.tokens import AccessTokens
from deltastream.auth.v1.auth_service_pb2_grpc import add_AuthServiceServicer_to_server
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.runtime.health import Health
from deltastream.runtime.lifecycle import Shutdown, UsageError, run_role
from deltastream.runtime.server import serving

SERVICE = "deltastream.auth.v1.AuthService"


async def work(settings: AuthSettings, shutdown: Shutdown) -> None:
    """Serve until asked to stop."""
    async with AsyncExitStack() as stack:
        try:
            key = load_or_create_key(settings.key_file)
            users = await open_users(settings.user_store_url)
        except (ValueError, SigningKeyError) as error:
            raise UsageError(str(error)) from error
        stack.push_async_callback(users.close)
        hasher = stack.enter_context(PasswordHasher(cost=settings.bcrypt_cost))
        tokens = AccessTokens(key=key, lifetime=settings.access_lifetime, clock=utc_now)
        accounts = Accounts(users=users, hasher=hasher, tokens=tokens, clock=utc_now)
        health = Health(services=(SERVICE,), probes={"users": users.ping})
        servicer = AuthServicer(accounts=accounts, key=key)
        await stack.enter_async_context(running(health.watch()))
        await stack.enter_async_context(
            serving(
                listen=settings.auth_listen,
                services=(SERVICE,),
                add_servicers=lambda server: add_AuthServiceServicer_to_server(servicer, server),
                health=health,
                settings=settings,
            )
        )
        await shutdown.wait()


def main() -> None:
    """Run auth as a process."""
    sys.exit(run_role(AuthSettings, work))


if __name__ == "__main__":
    main()
