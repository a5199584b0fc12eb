"""Accounts, keys and tokens as the contract writes them."""

import base64
import json
from collections.abc import Sequence
from typing import TypeVar

from deltastream.auth.keys import SigningKey
from deltastream.auth.sign_ins import SignedIn
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.domain.errors import PageTokenInvalidError
from deltastream.ports.api_keys import ApiKey
from deltastream.ports.users import User
from deltastream.runtime.codec.moments import to_timestamp

Signed = TypeVar(
    "Signed",
    pb.RegisterResponse,
    pb.LoginResponse,
    pb.RefreshResponse,
    pb.ChangePasswordResponse,
)


def signed_in(done: SignedIn, response: type[Signed]) -> Signed:
    """Write what signs a user in."""
    return response(
        token=done.token.text,
        user=user_message(done.user),
        refresh_token=done.refresh_token,
        expires_at=to_timestamp(done.token.expires_at),
    )


def user_message(user: User) -> pb.User:
    """Write an account, without its secrets."""
    return pb.User(
        id=user.id,
        email=user.email,
        name=user.name,
        roles=user.roles,
        created_at=to_timestamp(user.created_at),
    )


def api_key_message(key: ApiKey) -> pb.ApiKey:
    """Write an API key, without what makes it one."""
    return pb.ApiKey(
        id=key.id,
        name=key.name,
        roles=key.roles,
        created_at=to_timestamp(key.created_at),
        expires_at=None if key.expires_at is None else to_timestamp(key.expires_at),
        last_used_at=None if key.last_used_at is None else to_timestamp(key.last_used_at),
    )


def key_set(keys: Sequence[SigningKey]) -> pb.ListSigningKeysResponse:
    """Write public keys as a JSON Web Key Set."""
    return pb.ListSigningKeysResponse(
        keys=[
            pb.SigningKey(kty="OKP", crv="Ed25519", x=key.x, kid=key.kid, alg="EdDSA", use="sig")
            for key in keys
        ]
    )


def write_page_token(email: str) -> str:
    """Encode the address after which the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(["users", email]).encode()).decode().rstrip("=")


def read_page_token(token: str) -> str:
    """Decode a page token; the first page begins after the empty address.

    Raises:
        PageTokenInvalidError: it was altered.
    """
    if not token:
        return ""
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, RecursionError):
        raise PageTokenInvalidError from None
    match content:
        case ["users", str(email)]:
            return email
    raise PageTokenInvalidError
