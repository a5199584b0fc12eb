"""Who may call auth: held to the accounts themselves, and not to what a token says alone."""

from contextvars import ContextVar

from deltastream.access.v1 import access_pb2
from deltastream.auth.callers import Caller, Callers
from deltastream.domain.errors import CredentialsMissingError
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.identity.policy import bearer_token, may_act_as
from deltastream.runtime.interceptors.access import AccessPolicy
from deltastream.runtime.interceptors.base import Context

_caller: ContextVar[Caller] = ContextVar("caller")


def access_policy(callers: Callers) -> AccessPolicy:
    """Return what holds callers of auth to the contract; then `current_caller` says who it is.

    It raises CredentialsMissingError of a call without a token, CredentialsInvalidError of a token
    that is nobody's or whose origin has ended, TokenExpiredError, and RoleInsufficientError.
    """

    async def allow(role: "access_pb2.Role.ValueType", context: Context) -> None:
        if role == access_pb2.ROLE_PUBLIC:
            return
        token = bearer_token(context.invocation_metadata() or ())
        if token is None:
            raise CredentialsMissingError
        caller = await callers.of(token)
        if not may_act_as(caller.roles, role):
            raise RoleInsufficientError(access_pb2.Role.Name(role).removeprefix("ROLE_"))
        _caller.set(caller)

    return allow


def current_caller() -> Caller:
    """Return who makes the call that is being served, of a method that is not PUBLIC.

    Raises:
        CredentialsMissingError: nobody was asked for.
    """
    caller = _caller.get(None)
    if caller is None:
        raise CredentialsMissingError
    return caller
