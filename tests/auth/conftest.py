"""Auth over a real server and a real user database, at a time that the test sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.fixtures.grpc_loopback import loopback

from deltastream.adapters.users.choose import open_users
from deltastream.auth.access import access_policy
from deltastream.auth.compose import Auth, compose
from deltastream.auth.key_ring import KeyRing
from deltastream.auth.keys import SigningKey
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.service import AuthServicer
from deltastream.auth.settings import AuthSettings
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import (
    AuthServiceStub,
    add_AuthServiceServicer_to_server,
)
from deltastream.ports.users import UserDatabase

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse"  # noqa: S105 - it opens nothing
SECRET = "between services"  # noqa: S105 - it opens nothing
Headers = tuple[tuple[str, str], ...]


class SettableClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@dataclass(kw_only=True)
class Served:
    """Auth, served; with short ways to what tests do most."""

    stub: AuthServiceStub
    auth: Auth
    database: UserDatabase
    clock: SettableClock

    @property
    def key(self) -> SigningKey:
        """The key that signs now."""
        return self.auth.keys.signing(self.clock())

    async def register(self, email: str = "ada@example.com") -> pb.RegisterResponse:
        """Register an account."""
        return await self.stub.Register(
            pb.RegisterRequest(email=email, password=PASSWORD, name="Ada")
        )

    async def admin(self, email: str = "root@example.com") -> pb.LoginResponse:
        """Make an administrator as the command line does, and log in."""
        await self.auth.directory.create(
            email=email, password=PASSWORD, name="", roles=("reader", "admin")
        )
        return await self.log_in(email)

    async def log_in(
        self, email: str = "ada@example.com", password: str = PASSWORD
    ) -> pb.LoginResponse:
        """Log in."""
        return await self.stub.Login(pb.LoginRequest(email=email, password=password))

    async def refresh(self, refresh_token: str) -> pb.RefreshResponse:
        """Refresh a session."""
        return await self.stub.Refresh(pb.RefreshRequest(refresh_token=refresh_token))

    async def verify(self, token: str) -> pb.VerifyResponse:
        """Ask whose a token is."""
        return await self.stub.Verify(pb.VerifyRequest(token=token))

    async def service(self, name: str = "edge") -> str:
        """Return a service token."""
        request = pb.IssueServiceTokenRequest(service=name, secret=SECRET)
        return str((await self.stub.IssueServiceToken(request)).token)

    async def revoked(self) -> dict[str, datetime]:
        """Return what is listed as revoked, by subject."""
        answer = await self.stub.ListRevocations(
            pb.ListRevocationsRequest(), metadata=bearing(await self.service())
        )
        return {each.subject: each.before.ToDatetime(tzinfo=UTC) for each in answer.revocations}


def bearing(token: str) -> Headers:
    """Return the metadata that carries a token."""
    return (("authorization", f"Bearer {token}"),)


@asynccontextmanager
async def serving_auth(auth: Auth) -> AsyncIterator[AuthServiceStub]:
    """Serve auth on loopback with its own access policy, and yield a stub of it."""
    servicer = AuthServicer(auth)
    async with loopback(
        lambda server: add_AuthServiceServicer_to_server(servicer, server),
        service="deltastream.auth.v1.AuthService",
        policy=access_policy(auth.callers),
    ) as channel:
        yield AuthServiceStub(channel)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def settings(tmp_path: Path) -> AuthSettings:
    return AuthSettings(data_dir=tmp_path, service_secret=SecretStr(SECRET), bcrypt_cost=4)


@pytest.fixture
def ring(settings: AuthSettings) -> KeyRing:
    return settings.key_files.load_or_create()


@pytest.fixture
async def served(
    settings: AuthSettings, clock: SettableClock, ring: KeyRing
) -> AsyncIterator[Served]:
    database = await open_users(settings.user_store_url)
    with PasswordHasher(cost=settings.bcrypt_cost) as hasher:
        auth = compose(database, ring=ring, hasher=hasher, settings=settings, clock=clock)
        async with serving_auth(auth) as stub:
            yield Served(stub=stub, auth=auth, database=database, clock=clock)
    await database.close()
