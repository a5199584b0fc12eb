"""What identity asks of AuthService. The one module of runtime that knows this contract."""

import base64
from collections.abc import Mapping
from typing import Final

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import SecretStr

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from deltastream.log_library import structlog
from deltastream.runtime.identity.keyring import KeySource
from deltastream.runtime.identity.revocations import RevocationSource
from deltastream.runtime.identity.service_token import Identity, Issue, IssuedToken

_log = structlog.get_logger()
_SECONDS: Final = 2.0


Auth = AuthServiceStub


def stub_on(channel: grpc.aio.Channel) -> Auth:
    """Return what asks auth, given a channel to it."""
    return AuthServiceStub(channel)


def keys_of(auth: Auth) -> KeySource:
    """Return what asks auth for its public keys."""

    async def fetch() -> Mapping[str, Ed25519PublicKey]:
        answer = await auth.ListSigningKeys(pb.ListSigningKeysRequest(), timeout=_SECONDS)
        return {
            key.kid: public
            for key in answer.keys
            if key.crv == "Ed25519" and (public := _public_key(key)) is not None
        }

    return fetch


def revocations_of(auth: Auth, identity: Identity) -> RevocationSource:
    """Return what asks auth for its revocations, in the name of a service."""

    async def fetch() -> Mapping[str, float]:
        answer = await auth.ListRevocations(
            pb.ListRevocationsRequest(), timeout=_SECONDS, metadata=await identity.metadata()
        )
        return {
            # Of nanoseconds a float is not exact, and a later token would be refused.
            revocation.subject: revocation.before.ToMicroseconds() / 1e6
            for revocation in answer.revocations
        }

    return fetch


def issued_by(auth: Auth, *, service: str, secret: SecretStr) -> Issue:
    """Return what gets a service token for the secret of the mesh."""

    async def issue() -> IssuedToken:
        request = pb.IssueServiceTokenRequest(service=service, secret=secret.get_secret_value())
        answer = await auth.IssueServiceToken(request, timeout=_SECONDS)
        return IssuedToken(text=answer.token, expires_at=answer.expires_at.ToMicroseconds() / 1e6)

    return issue


def _public_key(key: pb.SigningKey) -> Ed25519PublicKey | None:
    padding = "=" * (-len(key.x) % 4)
    try:
        return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.x + padding))
    except ValueError:
        _log.error("signing_key_unreadable", key=key.kid)
        return None
