"""docker-compose.tls.yml gives certificates to every role of docker-compose.yml."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.deploy.deployment_files import (
    DATA_DIRECTORY,
    ROOT,
    Document,
    compose_services,
    known_variables,
    read_yaml,
)

from deltastream.runtime.probe import local_address
from deltastream.runtime.roles import ROLES, Role

FILE = ROOT / "docker-compose.tls.yml"
SERVICES: Document = read_yaml(FILE)["services"]
FOLDER = "/etc/deltastream/tls"
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def test_it_is_about_the_roles() -> None:
    assert set(SERVICES) == {role.name for role in ROLES} | {"enrichment-second"}
    for service in SERVICES.values():
        assert set(service) == {"environment", "volumes"}


@each_role
def test_a_role_reads_its_certificates_from_a_folder_that_is_mounted(role: Role) -> None:
    service = SERVICES[role.name]
    environment = service["environment"]
    assert set(environment) <= known_variables(role)
    for name, file in [("CERTIFICATE", "tls.crt"), ("KEY", "tls.key"), ("CA", "ca.crt")]:
        assert environment[f"DELTASTREAM_TLS_{name}"] == f"{FOLDER}/{file}"
    (volume,) = service["volumes"]
    # From outside, without a default, a folder, and not to be written.
    assert volume.startswith("${DELTASTREAM_CERTIFICATES:?")
    assert volume.endswith(f"}}:{FOLDER}:ro")


@each_role
def test_the_health_check_needs_no_certificate_and_only_it_gets_there(role: Role) -> None:
    environment = SERVICES[role.name]["environment"]
    assert environment["DELTASTREAM_HEALTH_LISTEN"] == "127.0.0.1:8010"
    if role.service:
        assert local_address(role, environment) == "127.0.0.1:8010"


@each_role
def test_nothing_that_was_said_of_a_role_is_unsaid(role: Role) -> None:
    before = compose_services()[role.name]["environment"]
    assert not before.keys() & SERVICES[role.name]["environment"].keys()


def test_the_compose_plugin_puts_both_files_together(tmp_path: Path) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not on PATH")

    def put_together(**told: str) -> subprocess.CompletedProcess[str]:
        words = ["--file", str(ROOT / "docker-compose.yml"), "--file", str(FILE)]
        return subprocess.run(  # noqa: S603 - a fixed command of ours
            [compose, *words, "config", "--format", "json"],
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert "DELTASTREAM_CERTIFICATES" in put_together().stderr
    answer = put_together(DELTASTREAM_CERTIFICATES=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    for role in ROLES:
        service = json.loads(answer.stdout)["services"][role.name]
        volumes = {volume["target"]: volume for volume in service["volumes"]}
        assert volumes[FOLDER]["source"] == str(tmp_path)
        assert volumes[FOLDER]["read_only"] is True
        # What was mounted before is mounted still.
        mounted = compose_services()[role.name]["volumes"]
        assert (DATA_DIRECTORY in volumes) == any(DATA_DIRECTORY in each for each in mounted)
        assert "/run/secrets/deltastream" in volumes
