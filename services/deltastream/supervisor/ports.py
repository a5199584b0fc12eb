"""Which addresses the roles of one machine listen on."""

import ipaddress
import random
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from deltastream.runtime.roles import ROLES, Role

HOST: Final = "127.0.0.1"
# Connections that wait while the edge is replaced, or is started again.
_BACKLOG: Final = 1024
# Below those that systems give to callers: a role that is started again must find its port free,
# and whoever tries to reach it meanwhile must not be given that very port to call from.
_PORTS: Final = range(15_000, 32_000)


class PortTakenError(Exception):
    """Another program listens where a role should; the text says what to do."""


def listeners_of(role: Role) -> dict[str, int]:
    """Return every environment variable with a HOST:PORT of a role, and its port by default."""
    return {**role.listeners, role.admin_variable: role.admin_port}


def default_listeners(environment: Mapping[str, str], *, port: int | None) -> dict[str, str]:
    """Return HOST:PORT by environment variable: as set there, else each role's usual port.

    Args:
        environment: may set any of the variables.
        port: where the edge serves HTTP; None leaves its usual one. With another port the edge
            leaves the original platform's second one alone.
    """
    listeners = {
        variable: environment.get(variable, f"{HOST}:{number}")
        for role in ROLES
        for variable, number in listeners_of(role).items()
    }
    if port is not None:
        listeners["DELTASTREAM_EDGE_LISTEN"] = f"{HOST}:{port}"
        listeners["DELTASTREAM_EDGE_SOCKETIO_LISTEN"] = ""
    return listeners


def free_listeners(*, port: int | None) -> dict[str, str]:
    """Return HOST:PORT by environment variable, at ports that are free now."""
    variables = sorted({variable for role in ROLES for variable in listeners_of(role)})
    listeners = dict(zip(variables, _free_addresses(len(variables)), strict=True))
    if port is not None:
        listeners["DELTASTREAM_EDGE_LISTEN"] = f"{HOST}:{port}"
    return listeners | {"DELTASTREAM_EDGE_SOCKETIO_LISTEN": ""}


def replica_listeners(count: int) -> tuple[str, ...]:
    """Return HOST:PORT of further replicas, at ports that are free now."""
    return _free_addresses(count)


def _free_addresses(count: int) -> tuple[str, ...]:
    with ExitStack() as held:
        # All are held open together, so that no port is handed out twice.
        sockets = [held.enter_context(_free_socket()) for _ in range(count)]
        return tuple(f"{HOST}:{each.getsockname()[1]}" for each in sockets)


def _free_socket() -> socket.socket:
    for port in random.sample(_PORTS, len(_PORTS)):
        with suppress(OSError):
            return socket.create_server((HOST, port))
    raise PortTakenError(f"no port of {HOST} from {_PORTS.start} to {_PORTS.stop - 1} is free")


def require_free(listeners: Mapping[str, str]) -> None:
    """Find out before anything starts whether every address can be listened on.

    Raises:
        PortTakenError: one is taken.
    """
    for variable, address in listeners.items():
        if not address:
            continue
        host, _, port = address.rpartition(":")
        try:
            socket.create_server((host, int(port))).close()
        except OSError as error:
            raise PortTakenError(
                f"{address} ({variable}) cannot be listened on: {error.strerror}.\n"
                "Stop the program that uses it, set the variable to another HOST:PORT, "
                "or run with --free-ports."
            ) from error


def is_loopback(address: str) -> bool:
    """Say whether only this machine reaches a HOST:PORT."""
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def edge_sockets(listeners: Mapping[str, str]) -> Iterator[dict[str, int]]:
    """Listen for the edge while the block runs; yield the descriptors by HOST:PORT.

    Only HTTP: gRPC makes its own sockets. That the addresses are free has been found out.
    """
    names = ("DELTASTREAM_EDGE_LISTEN", "DELTASTREAM_EDGE_SOCKETIO_LISTEN")
    with ExitStack() as stack:
        sockets: dict[str, int] = {}
        for name in names:
            if address := listeners.get(name):
                host, _, port = address.rpartition(":")
                listening = socket.create_server((host, int(port)), backlog=_BACKLOG)
                sockets[address] = stack.enter_context(listening).fileno()
        yield sockets
