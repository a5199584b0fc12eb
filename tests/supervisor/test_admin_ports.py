"""Where `deltastream up` has its roles watched."""

from collections.abc import Mapping
from pathlib import Path

from deltastream.runtime.roles import ROLES
from deltastream.supervisor import commands
from deltastream.supervisor.banner import banner
from deltastream.supervisor.plan import MeshPlan
from deltastream.supervisor.ports import default_listeners
from deltastream.supervisor.up import UpOptions, plan_of

OWN = "DELTASTREAM_ADMIN_LISTEN"


def planned(
    folder: Path, *, replicas: int = 1, environment: Mapping[str, str] | None = None
) -> MeshPlan:
    """Plan a mesh on the usual ports, without looking at them."""
    said = environment or {}
    options = UpOptions(
        environment={},
        port=None,
        replicas=replicas,
        data_dir=folder,
        free_ports=False,
        allow_anonymous=None,
        verbose=False,
    )
    listeners = default_listeners(said, port=None)
    return plan_of(options, environment=said, listeners=listeners)


def told(plan: MeshPlan) -> dict[str, str]:
    """Return what each process is told of its admin port."""
    return {command.name: command.environment[OWN] for command in commands.roles(plan)}


def test_each_role_has_a_port_a_thousand_above_its_first_that_nobody_else_has(
    tmp_path: Path,
) -> None:
    expected = {role.name: f"127.0.0.1:{role.ports[0] + 1000}" for role in ROLES}
    plan = planned(tmp_path)
    assert told(plan) == plan.admin == expected
    assert expected["edge"] == "127.0.0.1:9000"
    every = [port for role in ROLES for port in (*role.ports, role.admin_port)]
    assert len(set(every)) == len(every)


def test_each_replica_has_one_of_its_own(tmp_path: Path) -> None:
    plan = planned(tmp_path, replicas=3)
    assert {"enrichment", "enrichment-2", "enrichment-3"} <= plan.admin.keys()
    assert told(plan) == plan.admin
    addresses = [*plan.admin.values(), *plan.replica_listeners]
    assert len(set(addresses)) == len(addresses)


def test_a_person_may_choose_another_or_none_and_not_one_for_all(tmp_path: Path) -> None:
    chosen = {
        "DELTASTREAM_STORAGE_ADMIN_LISTEN": "127.0.0.1:19003",
        "DELTASTREAM_FEED_ADMIN_LISTEN": "",
        OWN: "127.0.0.1:9999",
    }
    plan = planned(tmp_path, environment=chosen)
    assert told(plan)["storage"] == "127.0.0.1:19003"
    assert told(plan)["feed"] == ""
    assert "feed" not in plan.admin
    assert told(plan)["auth"] == "127.0.0.1:9001"


def test_the_banner_says_where_to_look(tmp_path: Path) -> None:
    said = banner(planned(tmp_path), seconds=1.0)
    assert "http://127.0.0.1:9001/metrics" in said
    assert str(tmp_path / "mesh.json") in said
