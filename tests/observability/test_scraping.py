"""Prometheus asks every role, by the ports of the table, and calls each by its name."""

import re

import pytest
from tests.observability.observability_files import (
    ALERTMANAGER,
    PROMETHEUS,
    Document,
    alerts,
    read_yaml,
)

from deltastream.runtime.roles import ROLES, Role

each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def _job(file: str) -> Document:
    configuration = read_yaml(PROMETHEUS / file)
    jobs: dict[str, Document] = {each["job_name"]: each for each in configuration["scrape_configs"]}
    return jobs["deltastream"]


@each_role
def test_in_compose_a_role_is_found_by_its_name(role: Role) -> None:
    wanted = {"names": [role.name], "type": "A", "port": role.admin_port, "refresh_interval": "10s"}
    assert wanted in _job("prometheus.yml")["dns_sd_configs"]


@each_role
def test_on_one_machine_a_role_is_found_on_its_port(role: Role) -> None:
    wanted = {"targets": [f"127.0.0.1:{role.admin_port}"], "labels": {"role": role.name}}
    assert wanted in _job("prometheus.local.yml")["static_configs"]


def test_nothing_else_is_taken_for_a_role() -> None:
    assert len(_job("prometheus.yml")["dns_sd_configs"]) == len(ROLES)
    assert len(_job("prometheus.local.yml")["static_configs"]) == len(ROLES)


def test_both_configurations_have_the_same_rules() -> None:
    files = ("prometheus.yml", "prometheus.local.yml")
    assert [read_yaml(PROMETHEUS / file)["rule_files"] for file in files] == [["rules/*.yml"]] * 2


@each_role
def test_a_role_that_nobody_finds_is_down(role: Role) -> None:
    down = [
        each for each in alerts() if each.name in {"DeltaStreamRoleDown", "DeltaStreamLogsDown"}
    ]
    asked = f'absent(up{{job="deltastream", role="{role.name}"}})'
    assert sum(asked in alert.expression for alert in down) == 1


@each_role
def test_that_a_role_is_down_silences_that_others_cannot_reach_it(role: Role) -> None:
    written = (ALERTMANAGER / "alertmanager.yml").read_text(encoding="utf-8")
    called = any(role.name in other.calls for other in ROLES)
    silenced = re.search(f"""'dependency = "{role.name}"'""", written) is not None
    assert silenced or not called
