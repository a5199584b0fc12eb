"""Asks a running role whether it serves: `python -m deltastream.runtime.probe [ROLE]`.

The health check of the image. Kubernetes has no need of it: the kubelet speaks grpc.health.v1.
"""

import http.client
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deltastream.runtime.own_edge import connection_to, edge_url
from deltastream.runtime.roles import ROLES, Role

_SECONDS: Final = 2.0
_HTTP_OK: Final = 200
_TOLD_NOTHING: Final[Mapping[str, str]] = {}
_HEALTH_LISTEN: Final = "DELTASTREAM_HEALTH_LISTEN"
_EVERY_INTERFACE: Final = frozenset({"", "0.0.0.0", "[::]"})  # noqa: S104 - compared, never bound


class NotServingError(Exception):
    """The role does not serve; the text says what was seen."""


def role_among(words: Iterable[str]) -> Role | None:
    """Return the role that a command line starts, or None when it starts none."""
    by_name = {role.name: role for role in ROLES}
    return next((by_name[word] for word in words if word in by_name), None)


def local_address(role: Role, environment: Mapping[str, str]) -> str:
    """Return the HOST:PORT at which this machine reaches the role.

    A role that listens on every interface also listens on the loopback one. Where it answers
    health checks in the open, it is asked there: this has no certificate.
    """
    bound = environment.get(role.listen_variable, f"127.0.0.1:{role.ports[0]}")
    if role.service is not None:
        bound = environment.get(_HEALTH_LISTEN) or bound
    host, _, port = bound.rpartition(":")
    return f"{'127.0.0.1' if host in _EVERY_INTERFACE else host}:{port}"


def ask(role: Role, address: str, *, environment: Mapping[str, str] = _TOLD_NOTHING) -> None:
    """Return when the role at this address serves, its dependencies included.

    Args:
        role: which.
        address: HOST:PORT.
        environment: what it was told; an edge may have been told to speak TLS.

    Raises:
        NotServingError: it does not, or it did not answer in time.
    """
    if role.service is None:
        _ask_http(f"{edge_url(address, environment)}/health")
    else:
        _ask_grpc(address, role.service)


def _ask_grpc(address: str, service: str) -> None:
    request = health_pb2.HealthCheckRequest(service=service)
    with grpc.insecure_channel(address) as channel:
        try:
            reply = health_pb2_grpc.HealthStub(channel).Check(request, timeout=_SECONDS)
        except grpc.RpcError as error:
            raise NotServingError(f"{service} at {address}: {error.code().name}") from error
    if reply.status != health_pb2.HealthCheckResponse.SERVING:
        status = health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status)
        raise NotServingError(f"{service} at {address}: {status}")


def _ask_http(url: str) -> None:
    connection = connection_to(url, seconds=_SECONDS)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotServingError(f"{url}: {error}") from error
    finally:
        connection.close()
    if status != _HTTP_OK:
        raise NotServingError(f"{url}: {status}")


def main() -> int:
    """Ask the named role, by default the one that this container's first process runs."""
    first_process = Path("/proc/1/cmdline")
    words = sys.argv[1:] or first_process.read_text(encoding="utf-8").split("\0")
    role = role_among(words)
    if role is None:
        sys.stderr.write(f"no role in: {' '.join(words)}\n")
        return 2
    try:
        ask(role, local_address(role, os.environ), environment=os.environ)
    except NotServingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
