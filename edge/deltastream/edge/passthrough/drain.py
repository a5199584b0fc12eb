"""Streams that end because the edge goes away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Call = Any
"""An upstream call of grpc.aio, of whichever of its four types."""


class Drain:
    """Ends what would not end by itself.

    The edge does not read what it passes on, so it cannot add a `go_away` frame: a stream ends
    with a status that says the same, and its reader comes back with its resume token.
    """

    def __init__(self) -> None:
        self._calls: set[Call] = set()
        self._begun = False

    def has_begun(self) -> bool:
        """Say whether streams end now."""
        return self._begun

    def begin(self) -> None:
        """End every stream, and each that is yet to come."""
        self._begun = True
        for call in tuple(self._calls):
            call.cancel()

    @contextmanager
    def ending(self, call: Call) -> Iterator[None]:
        """Have a call cancelled when the drain begins while the block runs, or has begun before."""
        if self._begun:
            call.cancel()
        self._calls.add(call)
        try:
            yield
        finally:
            self._calls.discard(call)
