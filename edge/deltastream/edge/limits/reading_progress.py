"""How far a client has got with reading what was written to it."""

import asyncio
import socket
import sys
from contextlib import suppress
from typing import Final

# Where Linux's tcp_info has tcpi_bytes_acked: include/uapi/linux/tcp.h.
_ACKNOWLEDGED: Final = slice(120, 128)


def taken_from(transport: asyncio.Transport) -> int:
    """Return a number that grows with what a client takes of what was written to it."""
    return _acknowledged(transport) - transport.get_write_buffer_size()


def _acknowledged(transport: asyncio.Transport) -> int:
    """Return how much the other side has acknowledged; 0 where the system does not tell.

    The buffer alone does not show who reads slowly: the kernel takes a megabyte and more at a time
    from it, and TLS has another one beneath.
    """
    if sys.platform != "linux":
        return 0
    # A Unix socket acknowledges nothing.
    with suppress(OSError):
        connection = transport.get_extra_info("socket")
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKNOWLEDGED.stop)
        return int.from_bytes(told[_ACKNOWLEDGED], sys.byteorder)
    return 0
