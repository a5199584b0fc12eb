"""Where a gRPC server listens, and whether in the open."""

import grpc

from deltastream.runtime.tls.grpc_credentials import server_credentials
from deltastream.runtime.tls.mounted import MountedTls


class ListenError(Exception):
    """The address cannot be listened on."""


def listen_on(server: grpc.aio.Server, address: str, *, tls: MountedTls | None) -> int:
    """Have a server listen, and return the port.

    Args:
        server: which has not started yet.
        address: HOST:PORT; port 0 takes a free one.
        tls: what it shows; None listens in the open.

    Raises:
        ListenError: the address is in use or not ours.
    """
    try:
        if tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, server_credentials(tls))
    except RuntimeError as error:
        raise ListenError(f"cannot listen on {address}: is another program using it?") from error
