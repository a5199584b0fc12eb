"""Refuses requests that break the rules written in the contract."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import protovalidate
from google.protobuf.message import Message

from deltastream.runtime.errors import ValidationFailedError
from deltastream.runtime.interceptors.base import CallInterceptor, Context


class ValidationInterceptor(CallInterceptor):
    """Checks every request with protovalidate before the servicer sees it."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """Refuse the call when the request is invalid."""
        del method, context
        violations = self._validator.collect_violations(request)
        if violations:
            raise ValidationFailedError(
                (
                    _field_path(violation.proto.field),
                    violation.proto.message or violation.proto.rule_id,
                )
                for violation in violations
            )
        yield


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
