"""A role's identity, put together: whom it believes, and as whom it calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from deltastream.log_library import structlog
from deltastream.runtime.background import running
from deltastream.runtime.channels import open_channel
from deltastream.runtime.identity.auth_service import (
    Auth,
    issued_by,
    keys_of,
    revocations_of,
    stub_on,
)
from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.open_streams import OpenStreams
from deltastream.runtime.identity.policy import TokenPolicy
from deltastream.runtime.identity.revocations import Revocations
from deltastream.runtime.identity.service_token import ServiceToken
from deltastream.runtime.identity.verifier import TokenVerifier
from deltastream.runtime.settings import RoleSettings

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleIdentity:
    """What a role knows of who is who.

    Attributes:
        verifier: tells whom tokens identify.
        policy: who may call the role.
        streams: of its callers, that are open.
        service: as whom it calls the others.
        keys: what tokens are verified with.
        revocations: which tokens have ended before their time.
        allow_anonymous: whether readers need no token.
    """

    verifier: TokenVerifier
    policy: TokenPolicy
    streams: OpenStreams
    service: ServiceToken
    keys: Keyring
    revocations: Revocations
    allow_anonymous: bool

    async def probe(self) -> None:
        """Return when tokens can be judged; once that is so, it stays so without auth."""
        await self.keys.until_known()
        if self.service.is_needed:
            await self.revocations.until_known()

    def needed(self, *dependencies: str) -> tuple[str, ...]:
        """Return what a service needs besides, to serve at all: auth, if nobody is anonymous."""
        return dependencies if self.allow_anonymous else (*dependencies, "auth")


@asynccontextmanager
async def open_identity(settings: RoleSettings, *, auth: str) -> AsyncIterator[RoleIdentity]:
    """Keep a role's identity while the block runs.

    Nothing waits for auth here: whether it has answered is for `probe` to say.

    Args:
        settings: of the role: the secret of the mesh, and whether readers need a token.
        auth: where auth answers.
    """
    if not settings.service_secret.get_secret_value():
        _log.warning("service_secret_missing", consequence="no service of the mesh is believed")
    async with open_channel(auth, service="auth", patient=False, tls=settings.mesh_tls) as channel:
        identity = _identity(settings, stub_on(channel))
        following = [identity.keys.follow(), identity.service.follow()]
        if identity.service.is_needed:
            following.append(identity.revocations.follow())
        async with running(*following):
            yield identity


def _identity(settings: RoleSettings, auth: Auth) -> RoleIdentity:
    secret = settings.service_secret
    known = bool(secret.get_secret_value())
    issue = issued_by(auth, service=settings.role, secret=secret) if known else None
    service = ServiceToken(issue)
    keys = Keyring(keys_of(auth))
    revocations = Revocations(revocations_of(auth, service))
    verifier = TokenVerifier(keys=keys, revocations=revocations)
    streams = OpenStreams(verifier)
    for source in (keys, revocations):
        source.whenever_changed(streams.recheck)
    return RoleIdentity(
        verifier=verifier,
        policy=TokenPolicy(verifier, streams, allow_anonymous=settings.allow_anonymous),
        streams=streams,
        service=service,
        keys=keys,
        revocations=revocations,
        allow_anonymous=settings.allow_anonymous,
    )
