"""Enforces the access rule that each method states in the contract."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from google.protobuf.message import Message

from deltastream.access.v1 import access_pb2
from deltastream.runtime.contract import required_role
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.interceptors.base import CallInterceptor, Context

AccessPolicy = Callable[["access_pb2.Role.ValueType", Context], Awaitable[None]]
"""Returns when the caller may act in the role, raises a DomainError otherwise."""


async def allow_everyone(role: "access_pb2.Role.ValueType", context: Context) -> None:
    """Allow every caller of a method that states a rule: tokens are not demanded yet."""
    del role, context


class AccessInterceptor(CallInterceptor):
    """Deny by default: a method without a rule is refused before any policy is asked."""

    def __init__(self, policy: AccessPolicy) -> None:
        self._policy = policy

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Refuse callers that may not call the method."""
        del request
        role = required_role(method)
        if role == access_pb2.ROLE_UNSPECIFIED:
            raise RoleInsufficientError("NONE")
        await self._policy(role, context)
        yield
