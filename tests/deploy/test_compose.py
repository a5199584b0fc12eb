"""docker-compose.yml runs the mesh of the table, and nothing in it stands open."""

import os
import re
import shutil
import subprocess

import pytest
from tests.deploy.deployment_files import (
    DATA_DIRECTORY,
    ROOT,
    Document,
    compose_services,
    ending,
    expected_addresses,
    expected_listeners,
    known_variables,
)

from deltastream.runtime.roles import ROLES, Role, role_named

SERVICES = compose_services()
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def _environment(role: Role) -> dict[str, str]:
    environment: dict[str, str] = SERVICES[role.name]["environment"]
    return environment


def test_the_services_are_the_roles_and_redis() -> None:
    assert set(SERVICES) == {role.name for role in ROLES} | {"redis"}


@each_role
def test_the_command_is_the_role(role: Role) -> None:
    assert SERVICES[role.name]["command"] == [role.name]


@each_role
def test_a_role_listens_on_its_ports(role: Role) -> None:
    assert ending(_environment(role), "_LISTEN") == expected_listeners(role)


@each_role
def test_a_role_knows_the_addresses_of_those_it_calls_and_no_others(role: Role) -> None:
    assert ending(_environment(role), "_ADDRESS") == expected_addresses(role, "{name}:{port}")


@each_role
def test_a_role_has_the_urls_of_what_it_opens_and_no_others(role: Role) -> None:
    expected = {resource.url_variable for resource in role.resources}
    assert set(ending(_environment(role), "_URL")) == expected


@each_role
def test_every_variable_is_a_setting_of_its_role(role: Role) -> None:
    assert set(_environment(role)) <= known_variables(role)


@each_role
def test_a_role_waits_until_what_it_needs_is_healthy(role: Role) -> None:
    urls = ending(_environment(role), "_URL").values()
    needed = {*role.calls, *(["redis"] if any("//redis:" in url for url in urls) else [])}
    waits = SERVICES[role.name].get("depends_on", {})
    assert waits == {name: {"condition": "service_healthy"} for name in needed}


@each_role
def test_sqlite_lies_on_a_volume_of_its_role(role: Role) -> None:
    paths = [
        url.removeprefix("sqlite:")
        for url in ending(_environment(role), "_URL").values()
        if url.startswith("sqlite:")
    ]
    mounted = f"{role.name}:{DATA_DIRECTORY}" in SERVICES[role.name].get("volumes", [])
    assert all(path.startswith(f"{DATA_DIRECTORY}/") for path in paths)
    assert mounted == bool(paths)


@each_role
def test_a_role_has_time_to_drain(role: Role) -> None:
    grace = SERVICES[role.name]["stop_grace_period"]
    drain = float(_environment(role)["DELTASTREAM_DRAIN_SECONDS"])
    assert float(grace.removesuffix("s")) > drain


def test_only_the_edge_is_published_and_to_this_machine_only() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "edge": [f"127.0.0.1:{port}:{port}" for port in role_named("edge").ports],
    }


@each_service
def test_a_service_runs_without_privileges(service: Document) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@each_service
def test_an_image_that_is_not_ours_has_an_exact_version(service: Document) -> None:
    assert "build" in service or re.search(r":\d+\.\d+\.\d+(-\w+)?$", service["image"])


@each_role
def test_no_secret_is_written_down(role: Role) -> None:
    for name, value in _environment(role).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|_KEY$", name):
            # From outside, and without a default.
            assert re.fullmatch(rf"\${{{name}:\?[^}}]+}}", value)
        assert not re.search(r"//[^/]*@", value)


@each_role
def test_whoever_calls_needs_a_token(role: Role) -> None:
    assert _environment(role)["DELTASTREAM_ALLOW_ANONYMOUS"] == "false"
    assert "DELTASTREAM_SERVICE_SECRET" in _environment(role)


@pytest.mark.parametrize(
    ("environment", "accepted"),
    [
        ({"DELTASTREAM_SERVICE_SECRET": "a-test's"}, True),
        ({"DELTASTREAM_SERVICE_SECRET": ""}, False),
    ],
)
def test_the_compose_plugin_accepts_the_file_with_a_secret_alone(
    environment: dict[str, str], *, accepted: bool
) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not on PATH")
    answer = subprocess.run(  # noqa: S603 - a fixed command of ours
        [compose, "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (answer.returncode == 0) is accepted, answer.stderr
    assert accepted or "DELTASTREAM_SERVICE_SECRET" in answer.stderr
