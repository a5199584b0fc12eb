"""The deadline of the call being served, so that calls made on its behalf end no later."""

import asyncio
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float) -> None:
    """Say that the current call ends in `seconds`."""
    _deadline.set(asyncio.get_running_loop().time() + seconds)


def remaining(otherwise: float) -> float:
    """Return the seconds left of the current call, at most `otherwise`; at least 0."""
    deadline = _deadline.get()
    if deadline is None:
        return otherwise
    return max(0.0, min(otherwise, deadline - asyncio.get_running_loop().time()))
