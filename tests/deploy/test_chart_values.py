"""The chart's values describe the mesh of the table."""

from collections.abc import Iterator

import pytest
from tests.deploy.deployment_files import (
    CHART,
    DATA_DIRECTORY,
    Document,
    chart_values,
    known_variables,
    project_version,
    read_yaml,
    settings_of,
)

from deltastream.runtime.roles import ROLES, Resource, Role

VALUES = chart_values()
MOST_REQUIRED = 5
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def _block(role: Role) -> Document:
    block: Document = VALUES["services"][role.name]
    return block


def test_the_services_are_the_roles() -> None:
    assert set(VALUES["services"]) == {role.name for role in ROLES}


@each_role
def test_a_service_has_the_ports_of_its_role(role: Role) -> None:
    expected = {
        "grpc": role.grpc_port,
        "http": role.http_port,
        "public-grpc": role.public_grpc_port,
        "socketio": role.socketio_port,
        "admin": role.admin_port,
    }
    assert _block(role)["ports"] == {name: port for name, port in expected.items() if port}


@each_role
def test_a_service_calls_and_opens_what_its_role_does(role: Role) -> None:
    assert set(_block(role)["calls"]) == set(role.calls)
    # The edge alone counts how often it is asked, in a Redis where there are several of it.
    counted = {"limits"} if "limits_url" in settings_of(role).model_fields else set()
    opened = {str(resource) for resource in role.resources} | counted
    assert set(_block(role)["opens"]) == opened


@each_role
def test_a_service_does_without_those_that_its_role_does_without(role: Role) -> None:
    blocks = {callee: VALUES["services"][callee] for callee in role.calls}
    optional = {callee for callee, block in blocks.items() if block.get("optional")}
    assert optional == set(role.optional)


@each_role
def test_readiness_asks_for_the_service_of_the_contract(role: Role) -> None:
    expected = {"grpc": role.service} if role.service else {"http": "/health"}
    assert _block(role)["health"] == expected


@each_role
def test_every_setting_is_one_of_its_role(role: Role) -> None:
    block = _block(role)
    given = {*VALUES["settings"], *block["settings"], *block.get("secretFiles", {})}
    assert given <= known_variables(role)


@each_role
def test_only_what_speaks_http_is_public(role: Role) -> None:
    assert _block(role).get("public", False) == (role.http_port is not None)


@each_role
def test_a_role_with_sqlite_has_a_volume_and_one_replica(role: Role) -> None:
    block = _block(role)
    urls = [VALUES[resource]["url"] for resource in role.resources]
    sqlite = [url for url in urls if url.startswith("sqlite:")]
    assert all(url.startswith(f"sqlite:{DATA_DIRECTORY}/") for url in sqlite)
    assert ("persistence" in block) == bool(sqlite)
    assert block["replicas"] == 1


@pytest.mark.parametrize("resource", Resource)
def test_no_connection_has_a_secret_by_default(resource: Resource) -> None:
    assert "@" not in VALUES[resource]["url"]
    assert VALUES[resource]["existingSecret"]["name"] == ""


def test_the_chart_installs_the_version_of_the_project() -> None:
    assert read_yaml(CHART / "Chart.yaml")["appVersion"] == project_version()


def test_three_values_must_be_given_and_no_more() -> None:
    given = read_yaml(CHART / "examples" / "minimal" / "values.yaml")
    assert len(list(_leaves(given))) <= MOST_REQUIRED


def _leaves(values: Document) -> Iterator[object]:
    for value in values.values():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield value
