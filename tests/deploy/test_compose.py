"""docker-compose.yml runs the mesh of the table, and nothing in it stands open."""

import re

import pytest
from tests.deploy.deployment_files import (
    DATA_DIRECTORY,
    compose_services,
    ending,
    expected_addresses,
    expected_listeners,
    known_variables,
)

from deltastream.runtime.roles import ROLES, Resource, Role, role_named

SERVICES = compose_services()
INSIDE = {"redis", "mongo", "secrets"}
SECOND = "enrichment-second"
OF_PROFILES = {
    "obs": {"prometheus", "alertmanager", "grafana", "loki", "alloy", "tempo", "collector"},
    "scale": {SECOND},
}
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
each_service = pytest.mark.parametrize("name", SERVICES)
# Who runs as root, and why it must.
ROOT_USERS = {"secrets": "new volumes are root's", "alloy": "Docker's socket is root's"}


def _environment(role: Role) -> dict[str, str]:
    environment: dict[str, str] = SERVICES[role.name]["environment"]
    return environment


def _mounts(name: str) -> dict[str, str]:
    """What is mounted where, without what is said of how."""
    volumes = SERVICES[name].get("volumes", [])
    # A default may hold a colon of its own: ${NAME:-default}.
    parts = (re.findall(r"(?:\$\{[^}]*\}|[^:])+", volume) for volume in volumes)
    return {target: source for source, target, *_ in parts}


def test_without_a_profile_the_services_are_the_roles_and_what_they_open() -> None:
    always = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert always == {role.name for role in ROLES} | INSIDE


@pytest.mark.parametrize("profile", OF_PROFILES)
def test_a_profile_adds_its_services(profile: str) -> None:
    added = {name for name, each in SERVICES.items() if profile in each.get("profiles", [])}
    assert added == OF_PROFILES[profile]


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
def test_a_role_is_told_the_urls_of_what_it_opens_and_no_others(role: Role) -> None:
    """But for those with a password, which it reads from a file: test_compose_secrets.py."""
    in_files = {Resource.STORE, Resource.USERS}
    expected = {each.url_variable for each in role.resources if each not in in_files}
    assert set(ending(_environment(role), "_URL")) == expected


@each_role
def test_every_variable_is_a_setting_of_its_role(role: Role) -> None:
    assert set(_environment(role)) <= known_variables(role)


@each_role
def test_a_role_waits_until_what_it_needs_is_healthy(role: Role) -> None:
    needed = set(role.needs)
    if {Resource.BUS, Resource.CACHE} & set(role.resources):
        needed.add("redis")
    if {Resource.STORE, Resource.USERS} & set(role.resources):
        needed.add("mongo")
    expected = {name: {"condition": "service_healthy"} for name in needed}
    expected["secrets"] = {"condition": "service_completed_successfully"}
    assert SERVICES[role.name]["depends_on"] == expected


@each_role
def test_what_a_role_keeps_in_files_lies_on_a_volume_of_its_own(role: Role) -> None:
    urls = ending(_environment(role), "_URL").values()
    paths = [url.removeprefix("sqlite:") for url in urls if url.startswith("sqlite:")]
    assert all(path.startswith(f"{DATA_DIRECTORY}/") for path in paths)
    # auth keeps its signing key there.
    expected = role.name if paths or role.name == "auth" else None
    assert _mounts(role.name).get(DATA_DIRECTORY) == expected


@each_role
def test_a_role_has_time_to_drain(role: Role) -> None:
    grace = SERVICES[role.name]["stop_grace_period"]
    drain = float(_environment(role)["DELTASTREAM_DRAIN_SECONDS"])
    assert float(grace.removesuffix("s")) > drain


@each_role
def test_whoever_calls_needs_a_token(role: Role) -> None:
    assert _environment(role)["DELTASTREAM_ALLOW_ANONYMOUS"] == "false"


def test_a_second_enrichment_is_found_by_the_name_of_the_first() -> None:
    first, second = SERVICES["enrichment"], SERVICES[SECOND]
    assert second["networks"] == {"mesh": {"aliases": ["enrichment"]}}
    unlike = {name for name in second if first.get(name) != second[name]}
    assert unlike == {"profiles", "networks"}


def test_what_is_published_is_published_to_this_machine_only() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "edge": [f"127.0.0.1:{port}:{port}" for port in role_named("edge").ports],
        "prometheus": ["127.0.0.1:9090:9090"],
        "alertmanager": ["127.0.0.1:9093:9093"],
        "grafana": ["127.0.0.1:3000:3000"],
    }
    # Only they are in a network that reaches the world; secrets are in none.
    networks = {name: set(each.get("networks", [])) for name, each in SERVICES.items()}
    assert {name for name, found in networks.items() if "public" in found} == set(published)
    assert {name for name, found in networks.items() if not found} == {"secrets"}
    assert SERVICES["secrets"]["network_mode"] == "none"


@each_service
def test_a_service_runs_without_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] <= 256
    assert not {"privileged", "cap_add", "pid", "ipc", "devices"} & set(service)


@each_service
def test_a_service_is_not_root_unless_it_must(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        # The image's own: tests/deploy/test_dockerfile.py.
        assert "user" not in service
        return
    user, _, _ = service["user"].partition(":")
    assert user.isdecimal()
    assert (user == "0") == (name in ROOT_USERS)


@each_service
def test_an_image_that_is_not_ours_has_an_exact_version(name: str) -> None:
    service = SERVICES[name]
    assert "build" in service or re.search(r":v?\d+\.\d+\.\d+(-\w+)?$", service["image"])


@each_service
def test_a_service_says_whether_it_is_healthy(name: str) -> None:
    # A role by its image. Two have nothing inside that could ask, and one ends by itself.
    asked = "build" in SERVICES[name] or "healthcheck" in SERVICES[name]
    assert asked != (name in {"alloy", "collector", "secrets"})


def test_only_alloy_has_the_socket_that_is_as_good_as_this_machine() -> None:
    holders = {name for name in SERVICES if any("docker.sock" in text for text in _mounts(name))}
    assert holders == {"alloy"}


@each_service
def test_no_secret_is_written_down(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|_KEY$", variable):
            # Where it is: never itself.
            assert re.search(r"_(DIR|FILE)$", variable)
            assert value.startswith("/run/secrets/")
        assert not re.search(r"//[^/]*@", value)
