"""Enforces the access rule that each method states in the contract."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from google.protobuf.message import Message

from deltastream.access.v1 import access_pb2
from deltastream.runtime.contract import is_streaming, required_role
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.interceptors.base import CallInterceptor, Context

Tenure = Callable[[], AbstractAsyncContextManager[None]]
"""Returns what surrounds a stream, and ends it with a DomainError when its caller may act in the
role no more."""

AccessPolicy = Callable[["access_pb2.Role.ValueType", Context], Awaitable[Tenure | None]]
"""Returns for how long the caller may act in the role, None for any time; raises a DomainError when
it may not."""


async def allow_everyone(role: "access_pb2.Role.ValueType", context: Context) -> None:
    """Allow every caller of a method that states a rule: tokens are not demanded yet."""
    del role, context


class AccessInterceptor(CallInterceptor):
    """Deny by default: a method without a rule is refused before any policy is asked."""

    def __init__(self, policy: AccessPolicy) -> None:
        self._policy = policy

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Refuse callers that may not call the method; a stream ends when they may no more."""
        del request
        role = required_role(method)
        if role == access_pb2.ROLE_UNSPECIFIED:
            raise RoleInsufficientError("NONE")
        tenure = await self._policy(role, context)
        if tenure is None or not is_streaming(method):
            yield
            return
        async with tenure():
            yield
