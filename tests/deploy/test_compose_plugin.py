"""What docker-compose itself makes of docker-compose.yml, with each of its profiles."""

import json
import os
import shutil
import subprocess

import pytest
from tests.deploy.deployment_files import ROOT, Document, compose_services

SERVICES = compose_services()
ALWAYS = {name for name, service in SERVICES.items() if "profiles" not in service}


def _config(*profiles: str, **told: str) -> Document:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not on PATH")
    kept = {name: text for name, text in os.environ.items() if "DELTASTREAM" not in name}
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    words = ["--file", str(ROOT / "docker-compose.yml"), *chosen, "config", "--format", "json"]
    answer = subprocess.run(  # noqa: S603 - a fixed command of ours
        [compose, *words],
        env=kept | told,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    # A variable that is nowhere set is told as a warning.
    assert "level=warning" not in answer.stderr
    document: Document = json.loads(answer.stdout)
    return document


@pytest.mark.parametrize("profiles", [(), ("obs",), ("scale",), ("obs", "scale")])
def test_a_profile_starts_its_services_and_nothing_need_be_told(profiles: tuple[str, ...]) -> None:
    expected = {
        name for name, service in SERVICES.items() if set(service.get("profiles", [])) & {*profiles}
    }
    assert set(_config(*profiles)["services"]) == ALWAYS | expected


def test_every_file_that_is_mounted_is_in_the_repository() -> None:
    for name, service in _config("obs", "scale")["services"].items():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind" and volume["source"] != "/var/run/docker.sock":
                assert os.path.exists(volume["source"]), name  # noqa: PTH110 - a path as it is told


def test_captures_to_replay_are_mounted_from_where_it_is_told() -> None:
    feed = _config(DELTASTREAM_CAPTURES="./docs", DELTASTREAM_SOURCE="replay:/captures")
    service = feed["services"]["feed"]
    mounts = {volume["target"]: volume for volume in service["volumes"]}
    assert mounts["/captures"]["source"] == str(ROOT / "docs")
    assert mounts["/captures"]["read_only"] is True
    assert service["environment"]["DELTASTREAM_SOURCE"] == "replay:/captures"


def test_traces_go_where_it_is_told_and_nowhere_else() -> None:
    def endpoints(**told: str) -> set[str]:
        services = _config(**told)["services"].values()
        environments = [service.get("environment") or {} for service in services]
        variable = "DELTASTREAM_OTLP_ENDPOINT"
        return {each[variable] for each in environments if variable in each}

    assert endpoints() == {""}
    assert endpoints(DELTASTREAM_OTLP_ENDPOINT="http://collector:4317") == {"http://collector:4317"}
