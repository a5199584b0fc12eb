"""AuthService: who is calling."""

from deltastream.auth.accounts import Accounts
from deltastream.auth.keys import SigningKey
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from deltastream.domain.errors import CredentialsMissingError
from deltastream.ports.users import User
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.interceptors.base import Context

_BEARER = "bearer "


class AuthServicer(AuthServiceServicer):
    """Translates between the contract and the accounts.

    Refresh and Logout are part of the contract and not offered yet.
    """

    def __init__(self, *, accounts: Accounts, key: SigningKey) -> None:
        self._accounts = accounts
        self._key = key

    async def Register(self, request: pb.RegisterRequest, context: Context) -> pb.RegisterResponse:
        """Create an account and sign it in."""
        done = await self._accounts.register(
            email=request.email, password=request.password, name=request.name
        )
        return pb.RegisterResponse(
            token=done.token.text,
            user=_user(done.user),
            expires_at=to_timestamp(done.token.expires_at),
        )

    async def Login(self, request: pb.LoginRequest, context: Context) -> pb.LoginResponse:
        """Sign an account in."""
        done = await self._accounts.log_in(email=request.email, password=request.password)
        return pb.LoginResponse(
            token=done.token.text,
            user=_user(done.user),
            expires_at=to_timestamp(done.token.expires_at),
        )

    async def Verify(self, request: pb.VerifyRequest, context: Context) -> pb.VerifyResponse:
        """Say whose a token is."""
        user, claims = await self._accounts.owner(request.token)
        return pb.VerifyResponse(
            valid=True, user=_user(user), expires_at=to_timestamp(claims.expires_at)
        )

    async def GetUser(self, request: pb.GetUserRequest, context: Context) -> pb.GetUserResponse:
        """Describe the caller."""
        user, _ = await self._accounts.owner(_bearer_token(context))
        return pb.GetUserResponse(user=_user(user))

    async def ListSigningKeys(
        self, request: pb.ListSigningKeysRequest, context: Context
    ) -> pb.ListSigningKeysResponse:
        """List the public key that tokens are verified with."""
        key = pb.SigningKey(
            kty="OKP", crv="Ed25519", x=self._key.x, kid=self._key.kid, alg="EdDSA", use="sig"
        )
        return pb.ListSigningKeysResponse(keys=[key])


def _user(user: User) -> pb.User:
    return pb.User(
        id=user.id,
        email=user.email,
        name=user.name,
        roles=user.roles,
        created_at=to_timestamp(user.created_at),
    )


def _bearer_token(context: Context) -> str:
    for name, value in context.invocation_metadata() or ():
        if name == "authorization" and str(value).lower().startswith(_BEARER):
            return str(value)[len(_BEARER) :].strip()
    raise CredentialsMissingError
