"""How each process of the mesh is started."""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from deltastream.runtime.embedded_redis import redis_command, redis_url
from deltastream.runtime.roles import ROLES, Role
from deltastream.supervisor.plan import REPLICATED, MeshPlan
from deltastream.supervisor.process import Command

_REDIS_STOP_SECONDS: Final = 10.0
_SPARE_SECONDS: Final = 3.0
_LISTENING_ALREADY: Final = "edge"
_LIMITS_OF_STRANGERS: Final = (
    "DELTASTREAM_CLIENT_RATE",
    "DELTASTREAM_ACCOUNT_RATE",
    "DELTASTREAM_CREDENTIALS_RATE",
    "DELTASTREAM_CONNECTIONS_PER_ADDRESS",
    "DELTASTREAM_SOCKETS_PER_ADDRESS",
)


def redis(plan: MeshPlan) -> Command:
    """Return the command of the private Redis."""
    return Command(
        name="redis",
        arguments=redis_command(folder=plan.data_dir / "redis", socket=plan.redis_socket),
        # Nothing of ours: there may be secrets among it.
        environment={
            name: text for name, text in os.environ.items() if not name.startswith("DELTASTREAM_")
        },
        stop_seconds=_REDIS_STOP_SECONDS,
    )


def roles(plan: MeshPlan) -> Iterator[Command]:
    """Return the commands of the roles and their replicas, callees before their callers."""
    environment = _environment(plan)
    for role in ROLES:
        yield _role(plan, role, environment)
        if role.name == REPLICATED:
            for number, listen in enumerate(plan.replica_listeners, start=2):
                own = {role.listen_variable: listen}
                yield _role(plan, role, environment | own, name=f"{role.name}-{number}")


def _role(
    plan: MeshPlan, role: Role, environment: Mapping[str, str], *, name: str | None = None
) -> Command:
    name = name or role.name
    return Command(
        name=name,
        arguments=(sys.executable, "-m", f"deltastream.{role.name}"),
        environment={**environment, "DELTASTREAM_ADMIN_LISTEN": plan.admin.get(name, "")},
        stop_seconds=plan.drain_seconds + _SPARE_SECONDS,
        sockets=tuple(plan.edge_sockets.values()) if role.name == _LISTENING_ALREADY else (),
    )


def _environment(plan: MeshPlan) -> dict[str, str]:
    environment = {
        # On one's own machine all clients have one address, and nobody to be protected from.
        **dict.fromkeys(_LIMITS_OF_STRANGERS, "0"),
        **os.environ,
        # Threads of the linear algebra library cost more than they bring on arrays of this size.
        "OPENBLAS_NUM_THREADS": "1",
        # Each thread that allocates would keep an arena of its own.
        "MALLOC_ARENA_MAX": "2",
        "PYTHONUNBUFFERED": "1",
        "DELTASTREAM_LOG_FORMAT": "json",
        "DELTASTREAM_DATA_DIR": str(plan.data_dir),
        # A role is replaced by a successor that listens beside it.
        "DELTASTREAM_SHARE_PORT": "true",
        **plan.listeners,
        **{role.address_variable: _address(plan, role) for role in ROLES if role.service},
        "DELTASTREAM_EDGE_SOCKETS": ",".join(
            f"{address}={descriptor}" for address, descriptor in plan.edge_sockets.items()
        ),
        **plan.environment,
        "DELTASTREAM_SERVICE_SECRET": plan.service_secret,
        "DELTASTREAM_ALLOW_ANONYMOUS": str(plan.allow_anonymous).lower(),
    }
    if plan.own_redis:
        url = redis_url(plan.redis_socket)
        environment["DELTASTREAM_BUS_URL"] = url
        environment.setdefault("DELTASTREAM_CACHE_URL", url)
    return environment


def _address(plan: MeshPlan, role: Role) -> str:
    """Return the gRPC target of a role: one address, or those of all its replicas."""
    own = plan.listeners[role.listen_variable]
    if role.name != REPLICATED or not plan.replica_listeners:
        return own
    return "ipv4:" + ",".join((own, *plan.replica_listeners))
