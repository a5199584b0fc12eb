"""What a mesh on one machine consists of."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deltastream.runtime.embedded_redis import LONGEST_SOCKET_PATH
from deltastream.runtime.own_edge import edge_url
from deltastream.runtime.roles import ROLES

REPLICATED: Final = "enrichment"
"""The role of which there may be several, and of which each takes a part of the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshPlan:
    """What to start.

    Attributes:
        data_dir: where everything that must last is kept.
        listeners: HOST:PORT of every listener, by environment variable.
        replica_listeners: HOST:PORT of each further replica of enrichment.
        replica_admin_listeners: that of the admin port of each of them.
        edge_sockets: descriptors of sockets that listen for the edge already, by HOST:PORT: while
            it is replaced, connections wait in them.
        environment: what the roles are told besides.
        service_secret: what the roles know of one another by; it goes from here into their
            environment, and nowhere else.
        allow_anonymous: whether reading needs no token.
        drain_seconds: how long a role may finish its calls when it is stopped.
        ready_seconds: how long starting may take.
    """

    data_dir: Path
    listeners: Mapping[str, str]
    environment: Mapping[str, str]
    drain_seconds: float
    service_secret: str = field(repr=False)
    allow_anonymous: bool
    replica_listeners: tuple[str, ...] = ()
    replica_admin_listeners: tuple[str, ...] = ()
    edge_sockets: Mapping[str, int] = field(default_factory=dict)
    ready_seconds: float = 60.0

    @property
    def own_redis(self) -> bool:
        """Whether a private Redis is needed: no bus was named."""
        return "DELTASTREAM_BUS_URL" not in self.environment

    @property
    def redis_socket(self) -> Path:
        """Where the private Redis listens: in the data directory, unless its name is too long."""
        socket = self.data_dir / "redis.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"deltastream-{os.getuid()}-{name}.sock"

    @property
    def edge(self) -> str:
        """HOST:PORT of the edge."""
        return self.listeners["DELTASTREAM_EDGE_LISTEN"]

    @property
    def admin(self) -> dict[str, str]:
        """HOST:PORT of each admin port, by the name of the process; those who have none lack."""
        replicas = enumerate(self.replica_admin_listeners, start=2)
        every = {role.name: self.listeners.get(role.admin_variable, "") for role in ROLES}
        every |= {f"{REPLICATED}-{number}": listen for number, listen in replicas}
        return {name: listen for name, listen in every.items() if listen}

    @property
    def public_grpc(self) -> str:
        """HOST:PORT of the gRPC of every service."""
        return self.listeners["DELTASTREAM_EDGE_GRPC_LISTEN"]

    @property
    def http_url(self) -> str:
        """Where the dashboard is."""
        return edge_url(self.edge, self.environment)
