"""Gives every unary call a deadline and ends it there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from google.protobuf.message import Message

from deltastream.runtime.contract import is_streaming
from deltastream.runtime.deadline import set_deadline
from deltastream.runtime.errors import DeadlineExceededError
from deltastream.runtime.interceptors.base import CallInterceptor, Context


class DeadlineInterceptor(CallInterceptor):
    """The caller's deadline, or the server's own maximum where that is shorter or none was sent.

    Streams live as long as their caller wants.
    """

    def __init__(self, *, maximum: float) -> None:
        self._maximum = maximum

    @asynccontextmanager
    async def around(self, method: str, request: Message, context: Context) -> AsyncIterator[None]:
        """End the call when its time is over."""
        del request
        if is_streaming(method):
            yield
            return
        # None when the caller set no deadline, whatever the stubs say.
        left: float | None = context.time_remaining()
        seconds = min(self._maximum, self._maximum if left is None else left)
        set_deadline(seconds)
        try:
            async with asyncio.timeout(seconds) as deadline:
                yield
        except TimeoutError:
            # One of the method's own is a fault like any other.
            if not deadline.expired():
                raise
            raise DeadlineExceededError from None
