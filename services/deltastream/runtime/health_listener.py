"""Health where no certificate is asked for: the kubelet, which probes pods, has none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import grpc

from deltastream.log_library import structlog
from deltastream.runtime.health import Health
from deltastream.runtime.listening import listen_on

_log = structlog.get_logger()
# There is nothing else here to take, and nobody but the machine itself has to ask.
_OPTIONS: Final = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 16),
    ("grpc.max_receive_message_length", 4096),
    ("grpc.server_handshake_timeout_ms", 3000),
)


@asynccontextmanager
async def answering_probes(address: str, health: Health) -> AsyncIterator[int | None]:
    """Answer health checks, and nothing else, in the open while the block runs.

    Args:
        address: HOST:PORT; port 0 takes a free one, and an empty text none. The port is yielded.
        health: what is answered.

    Raises:
        ListenError: the address is in use or not ours.
    """
    if not address:
        yield None
        return
    server = grpc.aio.server(options=_OPTIONS)
    health.add_to(server)
    port = listen_on(server, address, tls=None)
    await server.start()
    _log.info("health_listening", address=address, port=port)
    try:
        yield port
    finally:
        await server.stop(None)
