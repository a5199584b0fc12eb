"""AuthService: who is calling."""

from datetime import UTC, datetime

from deltastream.auth.access import current_caller
from deltastream.auth.compose import Auth
from deltastream.auth.encoding import (
    api_key_message,
    key_set,
    read_page_token,
    signed_in,
    user_message,
    write_page_token,
)
from deltastream.auth.measures import SignIn, counted
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.identity.principal import Principal
from deltastream.runtime.interceptors.base import Context

_PAGE = 100


class AuthServicer(AuthServiceServicer):
    """Translates between the contract and what auth does."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    async def Register(self, request: pb.RegisterRequest, context: Context) -> pb.RegisterResponse:
        """Create an account and sign it in."""
        with counted(SignIn.REGISTRATION):
            done = await self._auth.accounts.register(
                email=request.email, password=request.password, name=request.name
            )
        return signed_in(done, pb.RegisterResponse)

    async def Login(self, request: pb.LoginRequest, context: Context) -> pb.LoginResponse:
        """Sign an account in."""
        with counted(SignIn.PASSWORD):
            done = await self._auth.accounts.log_in(email=request.email, password=request.password)
        return signed_in(done, pb.LoginResponse)

    async def Refresh(self, request: pb.RefreshRequest, context: Context) -> pb.RefreshResponse:
        """Exchange a refresh token for a new pair."""
        with counted(SignIn.REFRESH):
            done = await self._auth.sign_ins.refresh(request.refresh_token)
        return signed_in(done, pb.RefreshResponse)

    async def Logout(self, request: pb.LogoutRequest, context: Context) -> pb.LogoutResponse:
        """End a session."""
        await self._auth.sessions.end(request.refresh_token)
        return pb.LogoutResponse()

    async def Verify(self, request: pb.VerifyRequest, context: Context) -> pb.VerifyResponse:
        """Say whose a token is."""
        caller = await self._auth.callers.of(request.token)
        user = _nobody(caller.principal) if caller.user is None else user_message(caller.user)
        ends = datetime.fromtimestamp(caller.principal.expires_at, UTC)
        return pb.VerifyResponse(valid=True, user=user, expires_at=to_timestamp(ends))

    async def GetUser(self, request: pb.GetUserRequest, context: Context) -> pb.GetUserResponse:
        """Describe the caller."""
        return pb.GetUserResponse(user=user_message(current_caller().account))

    async def ListSigningKeys(
        self, request: pb.ListSigningKeysRequest, context: Context
    ) -> pb.ListSigningKeysResponse:
        """List the public keys that tokens are verified with."""
        return key_set(self._auth.keys.published(self._auth.clock()))

    async def ChangePassword(
        self, request: pb.ChangePasswordRequest, context: Context
    ) -> pb.ChangePasswordResponse:
        """Replace the caller's password, and begin a new session."""
        user = current_caller().person
        done = await self._auth.accounts.change_password(
            user, current=request.current_password, new=request.new_password
        )
        return signed_in(done, pb.ChangePasswordResponse)

    async def EndSessions(
        self, request: pb.EndSessionsRequest, context: Context
    ) -> pb.EndSessionsResponse:
        """End every session of the caller."""
        user = current_caller().person
        return pb.EndSessionsResponse(ended=await self._auth.sessions.end_all(user.id))

    async def CreateApiKey(
        self, request: pb.CreateApiKeyRequest, context: Context
    ) -> pb.CreateApiKeyResponse:
        """Make a key for a program of the caller."""
        lasts = request.expires_in.ToTimedelta() if request.HasField("expires_in") else None
        key, secret = await self._auth.api_keys.create(
            current_caller(), name=request.name, roles=request.roles, expires_in=lasts
        )
        return pb.CreateApiKeyResponse(api_key=api_key_message(key), secret=secret)

    async def ListApiKeys(
        self, request: pb.ListApiKeysRequest, context: Context
    ) -> pb.ListApiKeysResponse:
        """List the caller's keys."""
        keys = await self._auth.api_keys.of_user(current_caller().account.id)
        return pb.ListApiKeysResponse(api_keys=[api_key_message(key) for key in keys])

    async def DeleteApiKey(
        self, request: pb.DeleteApiKeyRequest, context: Context
    ) -> pb.DeleteApiKeyResponse:
        """End one of the caller's keys."""
        user = current_caller().person
        await self._auth.api_keys.delete(user.id, request.id)
        return pb.DeleteApiKeyResponse()

    async def ExchangeApiKey(
        self, request: pb.ExchangeApiKeyRequest, context: Context
    ) -> pb.ExchangeApiKeyResponse:
        """Give an access token for an API key."""
        with counted(SignIn.API_KEY):
            user, token = await self._auth.api_keys.exchange(request.api_key)
        return pb.ExchangeApiKeyResponse(
            token=token.text, user=user_message(user), expires_at=to_timestamp(token.expires_at)
        )

    async def ListUsers(
        self, request: pb.ListUsersRequest, context: Context
    ) -> pb.ListUsersResponse:
        """List the accounts."""
        size = request.page_size or _PAGE
        after = read_page_token(request.page_token)
        users = await self._auth.directory.page(after=after, size=size + 1)
        more = len(users) > size
        return pb.ListUsersResponse(
            users=[user_message(user) for user in users[:size]],
            next_page_token=write_page_token(users[size - 1].email) if more else "",
        )

    async def SetRoles(self, request: pb.SetRolesRequest, context: Context) -> pb.SetRolesResponse:
        """Say what an account may do."""
        user = await self._auth.directory.set_roles(request.user_id, request.roles)
        return pb.SetRolesResponse(user=user_message(user))

    async def IssueServiceToken(
        self, request: pb.IssueServiceTokenRequest, context: Context
    ) -> pb.IssueServiceTokenResponse:
        """Give a service of the mesh its token."""
        with counted(SignIn.SERVICE):
            token = self._auth.service_tokens.issue(request.service, request.secret)
        return pb.IssueServiceTokenResponse(
            token=token.text, expires_at=to_timestamp(token.expires_at)
        )

    async def ListRevocations(
        self, request: pb.ListRevocationsRequest, context: Context
    ) -> pb.ListRevocationsResponse:
        """List what no token is accepted of any more."""
        return pb.ListRevocationsResponse(
            revocations=[
                pb.Revocation(subject=each.subject, before=to_timestamp(each.before))
                for each in await self._auth.revocations.current()
            ]
        )


def _nobody(principal: Principal) -> pb.User:
    """Describe a service or an operator: its token is genuine, and there is no account."""
    return pb.User(id=principal.subject, name=principal.subject, roles=sorted(principal.roles))
