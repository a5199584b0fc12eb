"""What `deltastream up` says when it is up."""

from deltastream.runtime.roles import ROLES
from deltastream.supervisor.plan import MeshPlan


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
        f"  data         {plan.data_dir}",
        f"  logs         {plan.data_dir / 'logs'}",
        "",
        "Anonymous reading is allowed on this machine. Ctrl-C stops everything.",
    ]
    return "\n".join(lines)
