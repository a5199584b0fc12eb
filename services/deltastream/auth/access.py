"""Who may call auth: held to the accounts themselves, and not to what a token says alone."""

from deltastream.access.v1 import access_pb2
from deltastream.auth.callers import Caller, Callers
from deltastream.domain.errors import CredentialsMissingError
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.identity.principal import ADMIN, SERVICE
from deltastream.runtime.interceptors.access import AccessPolicy
from deltastream.runtime.interceptors.base import Context

_BEARER = "bearer "
_NEEDED = {access_pb2.ROLE_SERVICE: SERVICE, access_pb2.ROLE_ADMIN: ADMIN}


def access_policy(callers: Callers) -> AccessPolicy:
    """Return what holds callers of auth to the contract."""

    async def allow(role: "access_pb2.Role.ValueType", context: Context) -> None:
        if role == access_pb2.ROLE_PUBLIC:
            return
        caller = await caller_of(context, callers)
        needed = _NEEDED.get(role)
        if needed is not None and needed not in caller.roles:
            raise RoleInsufficientError(access_pb2.Role.Name(role).removeprefix("ROLE_"))

    return allow


async def caller_of(context: Context, callers: Callers) -> Caller:
    """Return who calls.

    Raises:
        CredentialsMissingError: the call has no token.
        CredentialsInvalidError: it is nobody's, or what it came of has ended.
        TokenExpiredError: its time is over.
    """
    for name, value in context.invocation_metadata() or ():
        if name == "authorization" and str(value).lower().startswith(_BEARER):
            return await callers.of(str(value)[len(_BEARER) :].strip())
    raise CredentialsMissingError
