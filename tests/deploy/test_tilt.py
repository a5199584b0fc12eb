"""The Tiltfile, evaluated by the real tilt: every role in its place, and each saved file live."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.deploy.deployment_files import ROOT, chart_values
from tests.deploy.dockerfile import stages
from tests.deploy.tilt import TILT, Evaluated, evaluate

from deltastream.runtime.roles import ROLES, Resource, Role, role_named

pytestmark = pytest.mark.skipif(not TILT.exists(), reason="`make test-tilt` builds tilt")

each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
IN_THE_CLUSTER = {role.name for role in ROLES} | {"redis", "shared"}
ON_THIS_MACHINE = {"gen", "lint", "test"}
# As tilt numbers them; the second neither starts by itself nor when a file is saved.
AUTOMATIC, MANUAL = 0, 2


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    found = evaluate(tmp_path_factory.mktemp("home"))
    assert found.error == ""
    return found


def _objects(everything: Evaluated, name: str) -> list[dict[str, Any]]:
    text = everything.resources[name]["DeployTarget"].get("yaml", "")
    return [each for each in yaml.safe_load_all(text) if each]


def test_the_resources_are_the_roles_what_they_share_and_the_verbs(everything: Evaluated) -> None:
    # No "uncategorized": that is where what a subset would leave out ends up.
    assert everything.resources.keys() == IN_THE_CLUSTER | ON_THIS_MACHINE
    assert everything.enabled == everything.resources.keys()


@each_role
def test_a_role_is_its_command_in_the_image_of_the_dev_stage(
    everything: Evaluated, role: Role
) -> None:
    (image,) = everything.resources[role.name]["ImageTargets"]
    assert image["BuildDetails"]["target"] == "dev"
    (deployment,) = (
        each for each in _objects(everything, role.name) if each["kind"] == "Deployment"
    )
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["args"] == [role.name]


@each_role
def test_a_role_brings_everything_that_its_pods_need(everything: Evaluated, role: Role) -> None:
    kinds = {each["kind"] for each in _objects(everything, role.name)}
    needed = {"Deployment", "Service", "ServiceAccount", "NetworkPolicy"}
    persistent = "persistence" in chart_values()["services"][role.name]
    assert kinds >= needed | ({"PersistentVolumeClaim"} if persistent else set())


@each_role
def test_a_role_starts_after_those_it_cannot_do_without(everything: Evaluated, role: Role) -> None:
    opens_redis = {Resource.BUS, Resource.CACHE} & set(role.resources)
    expected = {"shared", *role.needs, *(["redis"] if opens_redis else [])}
    assert set(everything.resources[role.name]["ResourceDependencies"]) == expected


@each_role
def test_every_port_of_a_role_is_forwarded_at_its_own_number(
    everything: Evaluated, role: Role
) -> None:
    forwards = everything.resources[role.name]["DeployTarget"]["portForwardTemplateSpec"][
        "forwards"
    ]
    assert all(each["localPort"] == each["containerPort"] for each in forwards)
    assert {each["localPort"] for each in forwards} == {*role.ports, role.admin_port}


@each_role
def test_a_saved_source_goes_where_the_image_runs_it(everything: Evaluated, role: Role) -> None:
    (image,) = everything.resources[role.name]["ImageTargets"]
    live = image["LiveUpdateSpec"]
    places = {each["containerPath"]: each["localPath"] for each in live["syncs"]}
    for root in stages()["dev"].environment["PYTHONPATH"].split(":"):
        package = f"{root}/deltastream"
        (place,) = (place for place in places if package.startswith(place))
        assert (ROOT / places[place] / package.removeprefix(place).lstrip("/")).is_dir()
    # No command runs after it, and no container is replaced: the image watches its own sources.
    assert "execs" not in live
    assert "restart" not in live


def test_what_copying_cannot_change_builds_the_image_anew(everything: Evaluated) -> None:
    (image,) = everything.resources["feed"]["ImageTargets"]
    stops = image["LiveUpdateSpec"]["stopPaths"]
    assert {"Dockerfile", "pyproject.toml", "requirements.lock", "edge/web"} <= set(stops)
    assert all((ROOT / stop).exists() for stop in stops)


@pytest.mark.parametrize("named", [["feed"], ["analytics"], ["edge"], ["feed", "analytics"]])
def test_a_subset_is_the_named_roles_and_all_that_they_call(
    tmp_path: Path, named: list[str]
) -> None:
    found = evaluate(tmp_path, *named)
    called: set[str] = set()
    todo = list(named)
    while todo:
        name = todo.pop()
        called.add(name)
        todo += role_named(name).calls
    assert found.error == ""
    assert found.enabled == called | {"redis", "shared", "gen"}


def test_an_unknown_role_is_told_with_those_there_are(tmp_path: Path) -> None:
    found = evaluate(tmp_path, "feed", "nosuch")
    assert "no such role: nosuch; there are: " in found.error
    assert all(role.name in found.error for role in ROLES)


def test_contracts_are_generated_anew_and_checks_wait_for_a_click(everything: Evaluated) -> None:
    gen = everything.resources["gen"]["DeployTarget"]
    assert gen["UpdateCmdSpec"]["args"][-1] == "make gen"
    assert str(ROOT / "proto") in gen["Deps"]
    modes = {name: everything.resources[name]["TriggerMode"] for name in ON_THIS_MACHINE}
    assert modes == {"gen": AUTOMATIC, "lint": MANUAL, "test": MANUAL}
