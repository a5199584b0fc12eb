"""What `deltastream up` says when it is up."""

from deltastream.runtime.roles import ROLES
from deltastream.supervisor.endpoints import ENDPOINTS_FILE
from deltastream.supervisor.plan import MeshPlan
from deltastream.supervisor.ports import is_loopback


def banner(plan: MeshPlan, *, seconds: float) -> str:
    """Say where everything is.

    Args:
        plan: what was started.
        seconds: how long that took.
    """
    source = plan.environment.get("DELTASTREAM_SOURCE", "synthetic")
    lines = [
        f"DeltaStream is up after {seconds:.1f} s, source: {source}",
        "",
        f"  dashboard    {plan.http_url}/",
        f"  REST         {plan.http_url}/api/docs",
        f"  Socket.IO    {plan.http_url}/socket.io/",
        f"  gRPC         {plan.public_grpc}",
        *(
            f"  {role.name:<12} {plan.listeners[role.listen_variable]}  (gRPC)"
            for role in ROLES
            if role.service is not None
        ),
        *(f"  {'':<12} {listen}  (gRPC, replica)" for listen in plan.replica_listeners),
        f"  metrics      {_scraped(plan)}",
        f"  data         {plan.data_dir}",
        f"  log files    {plan.data_dir / 'logs'}",
        "",
        _access(plan),
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def _scraped(plan: MeshPlan) -> str:
    """Say where to look for one of them; all are in a file for programs to read."""
    first = next(iter(plan.admin.items()), None)
    if first is None:
        return "none"
    name, address = first
    return f"http://{address}/metrics ({name}; all in {plan.data_dir / ENDPOINTS_FILE})"


def _access(plan: MeshPlan) -> str:
    """Say who may read."""
    if not plan.allow_anonymous:
        return "Every call needs a token: register or log in for one, or make an API key."
    only_here = all(map(is_loopback, filter(None, plan.listeners.values())))
    where = "on this machine" if only_here else "from any machine that can connect"
    return (
        f"Reading needs no token {where}; all else does. `--require-token` demands one of readers."
    )
