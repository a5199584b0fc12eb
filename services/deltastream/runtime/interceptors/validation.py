"""Refuses requests that break the rules written in the contract."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from google.protobuf.message import Message

from deltastream.runtime.errors import ValidationFailedError
from deltastream.runtime.interceptors.base import (
    CallInterceptor,
    Context,
    RequestStream,
)
from deltastream.runtime.interceptors.decoding import never_failing, require_readable
from deltastream.runtime.interceptors.handlers import behaviour_of, with_deserializer

if TYPE_CHECKING:
    import protovalidate

    from deltastream.runtime.interceptors.handlers import Handler

Method = TypeVar("Method", bound=Callable[..., Any])
_MARK: Final = "__validates_itself__"


def validates_itself(method: Method) -> Method:
    """Mark a unary method of a servicer that sees to the rules of the contract on its own.

    It is for the few that know a quicker way to find most requests valid. Those that it cannot
    vouch for it hands to `require_valid`.
    """
    setattr(method, _MARK, True)
    return method


def require_valid(request: Message) -> None:
    """Hold a request to the rules of the contract.

    Raises:
        ValidationFailedError: it breaks some; all of them are named.
    """
    violations = _validator().collect_violations(request)
    if violations:
        raise ValidationFailedError(
            (
                _field_path(violation.proto.field),
                violation.proto.message or violation.proto.rule_id,
            )
            for violation in violations
        )


class ValidationInterceptor(CallInterceptor):
    """Checks every request with protovalidate before the servicer sees it.

    What is no message at all is refused here too: by now it is known who calls.

    It has to be the innermost of those that surround a call: elsewhere it does not see which
    methods validate themselves, and checks their requests too.
    """

    def __init__(self) -> None:
        self._loading = asyncio.Lock()

    def changed(self, method: str, handler: "Handler") -> "Handler":
        """Wrap what serves the method, and its decoder."""
        return with_deserializer(
            super().changed(method, handler), never_failing(handler.request_deserializer)
        )

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Refuse the call when the request is invalid."""
        del method, context
        # Those of a stream are checked as they come.
        if not isinstance(request, RequestStream):
            await self._check(request)
        yield

    def _surrounded(self, method: str, handler: "Handler") -> Any:
        behaviour = behaviour_of(handler)
        if hasattr(behaviour, _MARK):
            return _readable(behaviour)
        surrounded = super()._surrounded(method, handler)
        if not handler.request_streaming:
            return surrounded

        async def call(requests: AsyncIterator[Message], context: Context) -> Any:
            return await surrounded(self._each_checked(requests), context)

        return call

    async def _each_checked(self, requests: AsyncIterator[Message]) -> AsyncIterator[Message]:
        async for request in requests:
            await self._check(request)
            yield request

    async def _check(self, request: Message) -> None:
        require_readable(request)
        if not _validator.cache_info().currsize:
            # The first requests wait for it, and nothing else does.
            async with self._loading:
                await asyncio.to_thread(_validator)
        require_valid(request)


def _readable(behaviour: Any) -> Any:
    async def call(request: Message, context: Context) -> Any:
        require_readable(request)
        return await behaviour(request, context)

    return call


@cache
def _validator() -> "protovalidate.Validator":
    # Fifteen megabytes and a tenth of a second, for those alone who are asked something: the edge
    # passes requests on unread.
    import protovalidate  # noqa: PLC0415

    return protovalidate.Validator()


def _field_path(path: "protovalidate.FieldPathPb | None") -> str:
    """Write a path as `chains[3].expiry`; an empty one is the request itself."""
    if path is None or not path.elements:
        return "request"
    text = ""
    for element in path.elements:
        name = f".{element.field_name}" if text else element.field_name
        subscript = element.subscript
        text += name if subscript is None else f"{name}[{subscript.value}]"
    return text
