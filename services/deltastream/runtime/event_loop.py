"""The event loop of every role: asyncio's, which hears of gRPC's events without falling behind."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVarTuple

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

ArgsT = TypeVarTuple("ArgsT")

_HANDLER: Final = "PollerCompletionQueue._handle_events"
_MOST: Final = 65536


class RoleEventLoop(asyncio.SelectorEventLoop):
    """Takes all of gRPC's wake-up bytes at once.

    gRPC's poller thread writes a byte into a socket for each event, and blocks when the socket is
    full, after some 280. Its handler on the loop handles all events that there are, but reads one
    byte each time it is called. A loop with much to do calls it less often than there are events:
    the socket fills, and from then on one event comes through in each round of the loop. With 200
    subscribers the end of a write was told up to a tenth of a second late.
    """

    def add_reader(
        self, fd: "FileDescriptorLike", callback: Callable[[*ArgsT], Any], *args: *ArgsT
    ) -> None:
        """See asyncio; gRPC's own reader takes the bytes of all events that it handles."""
        if isinstance(fd, socket.socket) and _is_of_grpc(callback):
            callback = taking_all(fd, callback)
        super().add_reader(fd, callback, *args)


def taking_all(wakeups: socket.socket, handle: Callable[[*ArgsT], Any]) -> Callable[[*ArgsT], None]:
    """Return a reader that leaves `handle` the one byte that it reads itself.

    Events are queued before their bytes are written: whatever bytes are taken here, `handle` finds
    their events.

    Args:
        wakeups: gets a byte for each event; does not block.
        handle: reads one byte, then handles all events.
    """

    def read(*args: *ArgsT) -> None:
        with suppress(BlockingIOError):
            waiting = len(wakeups.recv(_MOST, socket.MSG_PEEK))
            if waiting > 1:
                wakeups.recv(waiting - 1)
        handle(*args)

    return read


def _is_of_grpc(callback: object) -> bool:
    return getattr(getattr(callback, "func", None), "__qualname__", "") == _HANDLER
