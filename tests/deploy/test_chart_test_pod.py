"""What `helm test` runs: rendered for every role, and tried on a mesh that runs."""

import asyncio
import sys
from pathlib import Path

from tests.deploy.chart_rendering import environment_of, needs_helm, rendered
from tests.deploy.deployment_files import Document
from tests.fixtures.running_mesh import environment, running_mesh

from deltastream.runtime.roles import ROLES, role_named

pytestmark = needs_helm
EDGE = role_named("edge")
HTTP = f"deltastream-edge:{EDGE.http_port}"
GRPC = f"deltastream-edge:{EDGE.public_grpc_port}"
NOBODY = "127.0.0.1:1"
_SECONDS = 20.0


def containers(*settings: str) -> dict[str, Document]:
    pod = rendered(*settings).named("Pod", "deltastream-test")
    return {container["name"]: container for container in pod["spec"]["containers"]}


async def status(container: Document, addresses: dict[str, str]) -> int | None:
    """Run what a container would, with the addresses of the chart's Services replaced."""
    told = environment_of(container)
    python, *words = container["command"]
    assert python == "python"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        env=environment(**{name: addresses.get(value, value) for name, value in told.items()}),
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(_SECONDS):
        return await process.wait()


def test_it_asks_the_edge_and_through_it_every_other_role() -> None:
    assert set(containers()) == {"http"} | {role.name for role in ROLES} - {"edge"}
    assert environment_of(containers()["http"]) == {"DELTASTREAM_EDGE_LISTEN": HTTP}
    asked = {environment_of(containers()[name])[variable] for name, variable in _variables()}
    assert asked == {GRPC}


def _variables() -> list[tuple[str, str]]:
    return [(role.name, role.listen_variable) for role in ROLES if role.service]


def test_it_does_not_ask_for_what_is_left_out() -> None:
    assert "logs" not in containers("services.logs.enabled=false")


def test_it_asks_an_edge_that_speaks_tls_in_tls() -> None:
    asking = containers("tls.public.existingSecret.name=public-tls")
    assert set(asking) == {"http"}
    assert environment_of(asking["http"])["DELTASTREAM_EDGE_TLS_CERTIFICATE"]


def test_it_is_run_by_nothing_but_helm_test() -> None:
    for kind in ("Pod", "NetworkPolicy"):
        annotations = rendered().named(kind, "deltastream-test")["metadata"]["annotations"]
        assert annotations["helm.sh/hook"] == "test"


async def test_a_mesh_that_serves_passes_and_one_that_is_away_does_not(tmp_path: Path) -> None:
    async with running_mesh(tmp_path / "mesh") as mesh:
        addresses = {HTTP: mesh.http.removeprefix("http://"), GRPC: mesh.grpc["public"]}
        assert set(await _statuses(addresses)) == {0}
    assert set(await _statuses(dict.fromkeys(addresses, NOBODY))) == {1}


async def _statuses(addresses: dict[str, str]) -> list[int | None]:
    return await asyncio.gather(*(status(each, addresses) for each in containers().values()))
