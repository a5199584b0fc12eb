"""The roles of the mesh, once: their names, their ports, and who calls whom.

The supervisor, the settings, the health check, docker-compose.yml and the chart are readings of
this table; tests/deploy holds the last two to it. It is data about the services and imports none
of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Resource(StrEnum):
    """Something outside the mesh that a role opens by a URL."""

    BUS = "bus"
    CACHE = "cache"
    LOGS = "logs"
    STORE = "store"
    USERS = "users"

    @property
    def url_variable(self) -> str:
        """The environment variable that holds its URL."""
        return f"DELTASTREAM_{self.upper()}_URL"


# From a role's first port to its admin port.
_ADMIN: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One process of the mesh, started as `deltastream NAME`.

    Attributes:
        name: the command, and the role's name everywhere.
        service: full name of its gRPC service; None when it serves none.
        grpc_port: where it serves gRPC; None when it does not.
        http_port: where it serves HTTP; None when it does not.
        public_grpc_port: where it passes gRPC on to the services of the others; None when it does
            not.
        socketio_port: a second HTTP port with the same content, where clients of the original
            platform look for Socket.IO; None when there is none.
        calls: names of the roles whose gRPC it calls.
        optional: those of them without which it serves all the same: nobody waits for them.
        resources: what it opens outside the mesh.
    """

    name: str
    service: str | None = None
    grpc_port: int | None = None
    http_port: int | None = None
    public_grpc_port: int | None = None
    socketio_port: int | None = None
    calls: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the roles that it calls and cannot do without."""
        return tuple(name for name in self.calls if name not in self.optional)

    @property
    def admin_port(self) -> int:
        """Where who watches it finds `/metrics`, `/healthz` and `/readyz`; it is for no client."""
        return self.ports[0] + _ADMIN

    @property
    def ports(self) -> tuple[int, ...]:
        """All ports it listens on; the first is where it is asked for its health."""
        every = (self.grpc_port, self.http_port, self.public_grpc_port, self.socketio_port)
        return tuple(port for port in every if port is not None)

    @property
    def listen_variable(self) -> str:
        """The environment variable with HOST:PORT of its first port."""
        return f"DELTASTREAM_{self.name.upper()}_LISTEN"

    @property
    def listeners(self) -> dict[str, int]:
        """Every environment variable with a HOST:PORT of it, and the port it has by default."""
        prefix = f"DELTASTREAM_{self.name.upper()}"
        every = {
            self.listen_variable: self.ports[0],
            f"{prefix}_GRPC_LISTEN": self.public_grpc_port,
            f"{prefix}_SOCKETIO_LISTEN": self.socketio_port,
        }
        return {variable: port for variable, port in every.items() if port is not None}

    @property
    def admin_variable(self) -> str:
        """The environment variable with HOST:PORT of its admin port, for who starts them all.

        The role itself is told by DELTASTREAM_ADMIN_LISTEN.
        """
        return f"DELTASTREAM_{self.name.upper()}_ADMIN_LISTEN"

    @property
    def address_variable(self) -> str:
        """The environment variable with the gRPC target that its callers dial."""
        return f"DELTASTREAM_{self.name.upper()}_ADDRESS"


ROLES: Final[tuple[Role, ...]] = (
    Role(
        name="auth",
        service="deltastream.auth.v1.AuthService",
        grpc_port=8001,
        resources=(Resource.USERS,),
    ),
    Role(
        name="logs",
        service="deltastream.logs.v1.LogsService",
        grpc_port=8005,
        calls=("auth",),
        resources=(Resource.LOGS,),
    ),
    Role(
        name="storage",
        service="deltastream.storage.v1.StorageService",
        grpc_port=8003,
        calls=("auth", "logs"),
        optional=("logs",),
        resources=(Resource.CACHE, Resource.STORE),
    ),
    Role(
        name="feed",
        service="deltastream.feed.v1.FeedService",
        grpc_port=8006,
        calls=("auth", "logs"),
        optional=("logs",),
        resources=(Resource.BUS,),
    ),
    Role(
        name="enrichment",
        service="deltastream.enrichment.v1.EnrichmentService",
        grpc_port=8007,
        calls=("auth", "logs", "storage"),
        optional=("logs",),
        resources=(Resource.BUS,),
    ),
    Role(
        name="analytics",
        service="deltastream.analytics.v1.AnalyticsService",
        grpc_port=8004,
        calls=("auth", "logs", "storage"),
        optional=("logs",),
    ),
    Role(
        name="edge",
        http_port=8000,
        public_grpc_port=8009,
        socketio_port=8002,
        calls=("auth", "logs", "storage", "feed", "enrichment", "analytics"),
        optional=("logs",),
    ),
)
"""Every role, callees before their callers: the order to start in; to stop, its reverse."""


def role_named(name: str) -> Role:
    """Return the role of this name.

    Raises:
        KeyError: no role has it.
    """
    for role in ROLES:
        if role.name == name:
            return role
    raise KeyError(name)
